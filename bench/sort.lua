-- Sorts numbers with a comparison in Lua, the same in every run: sort.lua [COUNT]. It does little but call.
local state, list = 1, {}
for i = 1, tonumber(arg[1]) or 300000 do
    state = (state * 1103515245 + 12345) % 2147483648
    list[i] = state
end
table.sort(list, function(a, b)
    return a < b
end)
print(list[1], list[#list])
