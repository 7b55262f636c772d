rule first
reg tx.function == "send":
require tx.args.receivers[0] == "anna";
end
