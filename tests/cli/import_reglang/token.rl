// Transfers of a token.
knowledgebase lists
knowledge black = ["0xAAAAbbbb00000000000000000000000000000001", "0xAAAAbbbb00000000000000000000000000000002"];
black.del("0xaaaabbbb00000000000000000000000000000002");
black.add(["0xAAAAbbbb00000000000000000000000000000003"]);
knowledge white = ["0xCCCCbbbb00000000000000000000000000000001", "0xCCCCbbbb00000000000000000000000000000002"];
knowledge cap = ("10" + 5) * 2 ^ 3;
knowledge codes = [7, 9, 11];
end

rule Batch
reg contract(tx.to).name == "Token" and tx.function == "batchTransfer":
require length(tx.args._receivers) <= 100;
require at_least(2, tx.args._receivers in knowledgebase(lists).white);
require at_most(0, tx.args._receivers in knowledgebase(lists).black);
prohibit any_item(tx.args._receivers in knowledgebase(lists).black);
require all_items(tx.args._receivers != "nobody");
prohibit tx.from in knowledgebase(lists).black;
require tx.args._value <= knowledgebase(lists).cap * (tx.args._fee + "2") % 7;
require count(tx.args._value > 1, tx.args._fee > 2, 1 == "1") >= 2;
end

rule State
reg contract(tx.to).name == "Token" and (tx.function == "transfer" or tx.function == "batchTransfer"):
require tx.readset(tx.to).balances[tx.from] >= tx.args._value;
require tx.writeset(tx.to).balances[tx.from] <= 10000000;
require contract(tx.to).state.allowed[tx.from][tx.args._spender] > 0 or contract(tx.to).state.total ^ 2 < 100;
prohibit tx.args._kind in knowledgebase(lists).codes;
end

rule Always
reg true:
require at_least(1, knowledgebase(lists).white == "0xccccBBBB00000000000000000000000000000001");
require contract(tx.to).owner != "mallory";
end
