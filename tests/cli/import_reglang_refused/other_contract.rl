rule other
reg true:
require contract("0xff").state.total > 4;
end
