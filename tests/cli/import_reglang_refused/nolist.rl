knowledgebase a
knowledge l = 3;
l.add(4);
end
rule r reg true: end
