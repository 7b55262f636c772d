rule r
reg true:
require 1 == 1
end
