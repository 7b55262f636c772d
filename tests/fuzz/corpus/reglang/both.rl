rule both
reg tx.function == "send":
require tx.args.to == "anna";
require tx.args.to + 1 > 4;
end
