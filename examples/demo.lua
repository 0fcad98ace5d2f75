-- A second of work of different kinds for the interpreter: arithmetic on tables, sorting with a
-- function of ours, strings. What it computes is printed, so that two runs can be compared.
-- demo.lua [DIVISOR] does that part of the work.

local function energy(bodies)
    local sum = 0
    for i, a in ipairs(bodies) do
        sum = sum + a.mass * (a.vx ^ 2 + a.vy ^ 2) / 2
        for j = i + 1, #bodies do
            local b = bodies[j]
            sum = sum - a.mass * b.mass / math.sqrt((a.x - b.x) ^ 2 + (a.y - b.y) ^ 2)
        end
    end
    return sum
end

local function advance(bodies, dt)
    for i, a in ipairs(bodies) do
        for j = i + 1, #bodies do
            local b = bodies[j]
            local dx, dy = a.x - b.x, a.y - b.y
            local square = dx * dx + dy * dy
            local pull = dt / (square * math.sqrt(square))
            a.vx, a.vy = a.vx - dx * b.mass * pull, a.vy - dy * b.mass * pull
            b.vx, b.vy = b.vx + dx * a.mass * pull, b.vy + dy * a.mass * pull
        end
    end
    for _, a in ipairs(bodies) do
        a.x, a.y = a.x + dt * a.vx, a.y + dt * a.vy
    end
end

local function orbit(steps)
    local bodies = { { x = 0, y = 0, vx = 0, vy = 0, mass = 40 } }
    for i = 1, 4 do
        bodies[i + 1] = { x = 5 * i, y = 0, vx = 0, vy = math.sqrt(8 / i), mass = 1e-3 * i }
    end
    local before = energy(bodies)
    for _ = 1, steps do
        advance(bodies, 0.001)
    end
    return ("%.6f %.6f"):format(before, energy(bodies))
end

-- A small generator of our own: math.random differs between versions of Lua.
local state = 1
local function random(limit)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % limit + 1
end

local function rank(count)
    local people = {}
    for i = 1, count do
        people[i] = { age = random(90), name = ("%04d"):format(random(9999)) }
    end
    table.sort(people, function(a, b)
        if a.age ~= b.age then
            return a.age < b.age
        end
        return a.name < b.name
    end)
    return people[1].name .. " " .. people[#people].name
end

local function write(count)
    local words = { "profile", "of", "every", "call", "in", "its", "context" }
    local lines = {}
    for i = 1, count do
        local line = {}
        for j = 1, 8 do
            line[j] = words[random(#words)]
        end
        lines[i] = table.concat(line, " ")
    end
    local text = table.concat(lines, "\n")
    local seen = 0
    for _ in text:gmatch("%f[%a]call%f[%A]") do
        seen = seen + 1
    end
    return seen .. " " .. #text:gsub("%a+", string.upper)
end

local divisor = tonumber(arg[1]) or 1
print("orbit", orbit(60000 // divisor))
print("rank", rank(40000 // divisor))
print("write", write(30000 // divisor))
