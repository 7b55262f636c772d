rule r
reg true:
require kb(1) in 4;
end
