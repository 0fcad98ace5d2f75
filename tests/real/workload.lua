-- What the comparison with callgrind runs: every part of the interpreter that moves its C stack, at a
-- size that callgrind manages in seconds. Keys of tables are never addresses (tables, functions),
-- because their hash would change the counts from run to run.

local sum = 0
local function note(value)
    sum = (sum * 31 + value) % 1000000007
end

-- parser and code generator, a syntax error among the chunks: error in the parser is a longjmp
local function compile()
    for i = 1, 40 do
        local lines = { "local a, b = ..." }
        for j = 1, 20 do
            lines[#lines + 1] = ("local v%d = a * %d + (b // %d) .. 'x' if #v%d > 3 then a = a + 1 end")
                :format(j, j, j, j)
        end
        lines[#lines + 1] = i % 5 == 0 and "return (a + " or "return a"
        local chunk, message = load(table.concat(lines, "\n"), "=chunk")
        note(chunk and chunk(i, 7) or #message)
    end
end

-- closures, recursion, varargs
local function call()
    local function fib(n)
        return n < 2 and n or fib(n - 1) + fib(n - 2)
    end
    local function count(...)
        return select("#", ...)
    end
    note(fib(17))
    note(count(table.unpack({ 1, 2, 3, 4 })))
end

-- metatables: C code that calls Lua code that calls C code
local function overload()
    local vector = {}
    vector.__index = vector
    vector.__add = function(a, b)
        return setmetatable({ x = a.x + b.x }, vector)
    end
    vector.__lt = function(a, b)
        return a.x < b.x
    end
    vector.__tostring = function(a)
        return "v" .. a.x
    end
    local list = {}
    for i = 1, 200 do
        list[i] = setmetatable({ x = i * 7919 % 211 }, vector) + setmetatable({ x = 1 }, vector)
    end
    table.sort(list)
    for i = 1, 200, 10 do
        note(#tostring(list[i]) + list[i].x)
    end
end

-- string library: patterns with callbacks, formats
local function text()
    local words = {}
    for i = 1, 300 do
        words[i] = ("word%03d"):format(i * 37 % 300)
    end
    local all = table.concat(words, " ")
    note(select(2, all:gsub("%w+", function(word)
        return word:upper():reverse()
    end)))
    for word in all:gmatch("word(%d+)") do
        note(tonumber(word))
    end
    note(#all:rep(3, ","):lower())
    note(all:find("word299", 1, true))
end

-- coroutines: every yield is a longjmp out of C frames; one yields across pcall, one out of sort
local function coroutines()
    local function generate(n)
        return coroutine.wrap(function()
            for i = 1, n do
                local ok, value = pcall(coroutine.yield, i)
                note(ok and value or 0)
            end
        end)
    end
    local next_value = generate(50)
    next_value()
    for i = 1, 49 do
        note(next_value(i))
    end
    local sorter = coroutine.create(function()
        table.sort({ 3, 1, 2 }, function(a, b)
            coroutine.yield(a) -- not allowed across table.sort: an error
            return a < b
        end)
    end)
    local ok, message = coroutine.resume(sorter)
    note(#tostring(message) + (ok and 1 or 0))
end

-- errors: thrown from Lua and from C, through many frames, with handlers, in a handler
local function errors()
    local function dive(depth)
        if depth == 0 then
            error({ code = 42 })
        end
        local result = dive(depth - 1)
        return result
    end
    for depth = 0, 30 do
        local _, value = pcall(dive, depth)
        note(value.code)
    end
    for i = 1, 30 do
        note(select("#", pcall(string.rep, "x", -i, {})))
        local _, message = xpcall(function()
            return i + {}
        end, function(text)
            return pcall(error, text) and "" or #text
        end)
        note(message)
    end
    local function forever()
        return 1 + forever()
    end
    note(pcall(forever) and 1 or 2) -- stack overflow
    note(select("#", xpcall(error, error))) -- error in the error handler
end

-- garbage: generations of tables, weak values, finalizers (one of which fails)
local function garbage()
    collectgarbage("incremental", 100, 400)
    local weak = setmetatable({}, { __mode = "v" })
    local finalized = 0
    for i = 1, 2000 do
        local object = setmetatable({ tostring(i) }, {
            __gc = i % 10 == 0 and function()
                finalized = finalized + 1
            end or nil,
        })
        weak[i % 100 + 1] = object
    end
    do
        local closing <close> = setmetatable({}, { __close = function() note(5) end })
        note(6)
    end
    collectgarbage()
    collectgarbage("generational")
    for i = 1, 500 do
        weak[i] = { i }
    end
    collectgarbage()
    note(finalized)
end

for _, work in ipairs({ compile, call, overload, text, coroutines, errors, garbage }) do
    work()
    print(sum)
end
