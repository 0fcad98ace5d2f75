-- The profinst database: tables in third normal form, views for people on top of them.
-- docs/DATABASE.md explains it with examples. Comments stand inside the statements, so that `.schema`
-- shows them. Times are nanoseconds (_ns) unless a comment says otherwise.

PRAGMA application_id = 1346784851; -- "PFNS"
PRAGMA user_version = 2;            -- version of this schema

CREATE TABLE run (
    -- One start of the program under measurement, with all processes that it forked.
    id INTEGER PRIMARY KEY,
    run_key TEXT NOT NULL UNIQUE -- hex; drawn at random by the runtime
) STRICT;

CREATE TABLE process (
    -- One process, from one profile file.
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id),
    profile_key TEXT NOT NULL UNIQUE,   -- hex; drawn at random by the runtime
    process_id INTEGER NOT NULL,        -- as the system numbered it
    parent_process_id INTEGER NOT NULL,
    program TEXT NOT NULL,              -- path of the executable
    arguments TEXT NOT NULL,            -- JSON array of strings, the program's name first
    arguments_cut INTEGER NOT NULL CHECK (arguments_cut IN (0, 1)), -- 1: there were more
    started_unix_ns INTEGER NOT NULL,   -- nanoseconds since 1970-01-01 00:00 UTC
    duration_ns INTEGER NOT NULL,       -- from the start to the end, or to the latest event known
    clock TEXT NOT NULL CHECK (clock IN ('tsc', 'cntvct', 'monotonic')),
    ticks_per_second REAL,              -- of that clock; NULL: unknown, and then all times are 0
    event_ns REAL,                      -- what recording one entry or return took; NULL: unknown
    end_ticks INTEGER NOT NULL,         -- ticks: the end, or the latest event known
    ended INTEGER NOT NULL CHECK (ended IN (0, 1)), -- 0: still running when read, killed, or _exit
    lost_calls INTEGER NOT NULL,        -- calls that could not be recorded
    content_digest TEXT NOT NULL        -- hex; differs between two states of the same profile
) STRICT;
CREATE INDEX process_of_run ON process (run_id);

CREATE TABLE thread (
    -- A thread; or several that lived one after another, as the runtime reuses what ended threads left.
    id INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,    -- from 1, in order of appearance
    system_id INTEGER NOT NULL, -- as the system numbered the latest of them
    name TEXT NOT NULL,         -- of the latest of them
    threads INTEGER NOT NULL,   -- how many lived here
    lifetime_ns INTEGER NOT NULL, -- of all of them together
    UNIQUE (process_id, number)
) STRICT;

CREATE TABLE module (
    -- An executable or shared library.
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL -- last part of the path
) STRICT;

CREATE TABLE source_file (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE -- as the compiler was given it
) STRICT;

CREATE TABLE function (
    -- A function, known by module, source file, line and linkage name together: static functions of
    -- one name in several files are several functions. One that is not part of the build is known by
    -- its name alone.
    id INTEGER PRIMARY KEY,
    module_id INTEGER REFERENCES module (id),           -- NULL: external
    source_file_id INTEGER REFERENCES source_file (id), -- NULL: unknown
    line INTEGER,                                       -- NULL: unknown
    linkage_name TEXT NOT NULL,                         -- as the linker sees it
    name TEXT NOT NULL,                -- as people see it: demangled, or named in the source
    external INTEGER NOT NULL CHECK (external IN (0, 1)), -- 1: not part of the build
    CHECK (external = (module_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX function_key
    ON function (ifnull(module_id, 0), linkage_name, ifnull(source_file_id, 0), ifnull(line, 0));

CREATE TABLE context (
    -- A function reached by one chain of callers; or the root of a thread, which is no function and
    -- holds the time that the thread spent outside every instrumented function. Past the limit of
    -- contexts a thread has a second root, with folded contexts: one of each function, whoever called it.
    -- Calls that the optimizer inlined have contexts of their own: their time is in the context of the
    -- function that they are inlined into, what they call is below them.
    id INTEGER PRIMARY KEY,
    thread_id INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES context (id) ON DELETE CASCADE, -- the caller's; NULL: root
    function_id INTEGER REFERENCES function (id),                -- NULL: root
    folded INTEGER NOT NULL CHECK (folded IN (0, 1)), -- 1: the callers are in cross_call only
    inlined INTEGER NOT NULL CHECK (inlined IN (0, 1)), -- 1: of inlined calls
    nested INTEGER NOT NULL CHECK (nested IN (0, 1)), -- 1: its function stands further up as well, one
                                    -- of the two inlined: its time is in that context's cumulative_ns
    calls INTEGER NOT NULL,         -- without those in cross_call; root: threads that began here
    self_ticks INTEGER NOT NULL,    -- ticks of the process's clock
    self_ns INTEGER NOT NULL,       -- in the function itself, and what is inlined into it; less than
                                    -- 1 ns off per context
    cumulative_ns INTEGER NOT NULL, -- with all it called: exactly self_ns summed over the subtree
    CHECK ((parent_id IS NULL) = (function_id IS NULL)),
    CHECK (inlined = 0 OR self_ticks = 0)
) STRICT;
CREATE INDEX context_of_thread ON context (thread_id);
CREATE INDEX context_of_parent ON context (parent_id);
CREATE INDEX context_of_function ON context (function_id);

CREATE TABLE cross_call (
    -- Calls that led across the tree, to a context that hangs under another one: to that of a function
    -- which was running already, or to a folded one. Their time is in the context called.
    context_id INTEGER NOT NULL REFERENCES context (id) ON DELETE CASCADE,        -- called
    caller_context_id INTEGER NOT NULL REFERENCES context (id) ON DELETE CASCADE, -- called from
    calls INTEGER NOT NULL,
    recursive_calls INTEGER NOT NULL, -- of those, to a function running already; of folded ones unknown: 0
    PRIMARY KEY (context_id, caller_context_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cross_call_of_caller ON cross_call (caller_context_id);

-- Views. Those named run_... have a row for each run, the others sum over all runs.

CREATE VIEW run_functions AS
-- Every function that was called, or that was running already when the process was forked: then it
-- may have time without a call. Inlined calls have no time of their own: it is in the self time of
-- the function that they are inlined into.
SELECT process.run_id AS run,
       function.name AS name,                 -- demangled
       function.linkage_name AS linkage_name,
       module.name AS module,                 -- NULL: external
       source_file.path AS file,              -- NULL: unknown
       function.line AS line,                 -- NULL: unknown
       sum(context.calls + ifnull((SELECT sum(cross_call.calls) FROM cross_call
                                   WHERE cross_call.context_id = context.id), 0))
           AS calls,                          -- all, recursive and inlined ones too
       sum(iif(context.inlined, context.calls, 0)) AS inlined_calls, -- of those, inlined
       sum(context.self_ns) AS self_ns,       -- in the function itself, and what is inlined into it
       sum(iif(context.nested, 0, context.cumulative_ns))
           AS cumulative_ns,                  -- with all it called; each moment once
       sum(iif(context.nested, context.calls, 0)
           + ifnull((SELECT sum(cross_call.recursive_calls) FROM cross_call
                     WHERE cross_call.context_id = context.id), 0))
           AS recursive_calls,                -- those while the function was running already
       sum(iif(context.inlined, 0, context.cumulative_ns))
           AS called_ns,                      -- of cumulative_ns, in calls that were not inlined
       function.external AS external,         -- 1: not part of the build
       function.id AS function_id,
       module.path AS module_path
FROM context
JOIN thread ON thread.id = context.thread_id
JOIN process ON process.id = thread.process_id
JOIN function ON function.id = context.function_id
LEFT JOIN module ON module.id = function.module_id
LEFT JOIN source_file ON source_file.id = function.source_file_id
GROUP BY process.run_id, function.id
HAVING sum(context.calls) > 0 OR sum(context.cumulative_ns) > 0
    OR sum(EXISTS (SELECT 1 FROM cross_call
                   WHERE cross_call.context_id = context.id AND cross_call.calls > 0)) > 0;

CREATE VIEW functions AS
-- Every function that was called. The columns are those of run_functions.
SELECT name, linkage_name, module, file, line, sum(calls) AS calls,
       sum(inlined_calls) AS inlined_calls, sum(self_ns) AS self_ns,
       sum(cumulative_ns) AS cumulative_ns, sum(recursive_calls) AS recursive_calls,
       sum(called_ns) AS called_ns, external, function_id, module_path
FROM run_functions
GROUP BY function_id;

CREATE VIEW run_edges AS
-- Who called whom. Calls from the start of a thread have no caller and so no row.
SELECT call.run AS run,
       caller.name AS caller,                 -- demangled
       callee.name AS callee,
       sum(call.calls) AS calls,              -- all, recursive and inlined ones too
       sum(call.inlined_calls) AS inlined_calls, -- of those, inlined: no time but of what they called
       sum(call.cumulative_ns) AS cumulative_ns, -- of the callee, called from here; each moment once
       sum(call.recursive_calls) AS recursive_calls, -- while the callee was running already: no time
       caller.id AS caller_id,                -- functions.function_id
       callee.id AS callee_id,
       caller.linkage_name AS caller_linkage_name,
       callee.linkage_name AS callee_linkage_name,
       sum(call.called_ns) AS called_ns,      -- of the callee, in calls that were not inlined
       callee.external AS external            -- 1: the callee is not part of the build
FROM (SELECT process.run_id AS run, parent.function_id AS caller_id,
             context.function_id AS callee_id, context.calls AS calls,
             iif(context.inlined, context.calls, 0) AS inlined_calls,
             iif(context.nested, 0, context.cumulative_ns) AS cumulative_ns,
             iif(context.nested, context.calls, 0) AS recursive_calls,
             iif(context.inlined, 0, context.cumulative_ns) AS called_ns
      FROM context
      JOIN context AS parent ON parent.id = context.parent_id
      JOIN thread ON thread.id = context.thread_id
      JOIN process ON process.id = thread.process_id
      WHERE parent.function_id IS NOT NULL
      UNION ALL
      SELECT process.run_id, parent.function_id, context.function_id, cross_call.calls, 0, 0,
             cross_call.recursive_calls, 0
      FROM cross_call
      JOIN context ON context.id = cross_call.context_id
      JOIN context AS parent ON parent.id = cross_call.caller_context_id
      JOIN thread ON thread.id = context.thread_id
      JOIN process ON process.id = thread.process_id) AS call
JOIN function AS caller ON caller.id = call.caller_id
JOIN function AS callee ON callee.id = call.callee_id
GROUP BY call.run, call.caller_id, call.callee_id
HAVING sum(call.calls) > 0 OR sum(call.cumulative_ns) > 0 OR sum(call.called_ns) > 0;

CREATE VIEW edges AS
-- Who called whom. The columns are those of run_edges.
SELECT caller, callee, sum(calls) AS calls, sum(inlined_calls) AS inlined_calls,
       sum(cumulative_ns) AS cumulative_ns, sum(recursive_calls) AS recursive_calls,
       caller_id, callee_id, caller_linkage_name, callee_linkage_name, sum(called_ns) AS called_ns,
       external
FROM run_edges
GROUP BY caller_id, callee_id;

CREATE VIEW contexts AS
-- Every chain of callers, one row for each thread that it occurs in. A chain with inlined calls that
-- also occurs without them is two.
WITH RECURSIVE chain (id, path, depth) AS (
    SELECT context.id, iif(context.folded, '(folded) > ', '') || function.name, 1
    FROM context
    JOIN context AS root ON root.id = context.parent_id AND root.parent_id IS NULL
    JOIN function ON function.id = context.function_id
    UNION ALL
    SELECT context.id, chain.path || ' > ' || function.name, chain.depth + 1
    FROM chain
    JOIN context ON context.parent_id = chain.id
    JOIN function ON function.id = context.function_id
)
SELECT context.id AS id,
       process.run_id AS run,
       process.id AS process,               -- processes.id
       thread.number AS thread,
       function.name AS name,               -- demangled
       chain.path AS path,                  -- 'main > f > name'; '(folded) > name' if its callers
                                            -- are not told apart
       chain.depth AS depth,                -- functions in the path
       context.calls + ifnull((SELECT sum(cross_call.calls) FROM cross_call
                               WHERE cross_call.context_id = context.id), 0)
           AS calls,                        -- all, recursive ones that lead here too
       iif(context.inlined, context.calls, 0)
           AS inlined_calls,                -- either all or none
       context.self_ns AS self_ns,          -- in the function itself, and what is inlined into it
       context.cumulative_ns AS cumulative_ns, -- with all it called
       context.parent_id AS parent_id,      -- contexts.id of the caller, or a thread's root
       context.function_id AS function_id,
       context.folded AS folded,            -- 1: past the limit of contexts, whoever called
       context.inlined AS inlined,          -- 1: inlined calls; their time is in the next context up
                                            -- that has a 0 here
       context.nested AS nested,            -- 1: below another context of its function, one of the two
                                            -- inlined: its time is in that one's cumulative_ns, too
       function.external AS external        -- 1: not part of the build
FROM chain
JOIN context ON context.id = chain.id
JOIN function ON function.id = context.function_id
JOIN thread ON thread.id = context.thread_id
JOIN process ON process.id = thread.process_id
WHERE context.calls > 0 OR context.cumulative_ns > 0
   OR EXISTS (SELECT 1 FROM cross_call
              WHERE cross_call.context_id = context.id AND cross_call.calls > 0);

CREATE VIEW run_contexts AS
-- Every chain of callers, with the run in front.
SELECT run, path, depth, calls, inlined_calls, self_ns, cumulative_ns, id, process, thread, name,
       parent_id, function_id, folded, inlined, nested, external
FROM contexts;

CREATE VIEW threads AS
SELECT thread.id AS id,
       process.run_id AS run,
       process.id AS process,           -- processes.id
       thread.number AS number,         -- in its process
       thread.name AS name,
       thread.threads AS threads,       -- how many lived here, one after another
       thread.lifetime_ns AS lifetime_ns,
       ifnull((SELECT sum(context.self_ns) FROM context
               WHERE context.thread_id = thread.id AND context.parent_id IS NULL), 0)
           AS outside_ns,               -- in no instrumented function
       thread.lifetime_ns - ifnull((SELECT sum(context.self_ns) FROM context
                                    WHERE context.thread_id = thread.id), 0)
           AS unattributed_ns,          -- neither known to be inside nor outside
       ifnull((SELECT sum(context.calls) FROM context
               WHERE context.thread_id = thread.id AND context.parent_id IS NOT NULL), 0)
       + ifnull((SELECT sum(cross_call.calls) FROM context
                 JOIN cross_call ON cross_call.context_id = context.id
                 WHERE context.thread_id = thread.id), 0)
           AS calls,
       ifnull((SELECT sum(context.calls) FROM context
               WHERE context.thread_id = thread.id AND context.folded), 0)
       + ifnull((SELECT sum(cross_call.calls) FROM context
                 JOIN cross_call ON cross_call.context_id = context.id
                 WHERE context.thread_id = thread.id AND context.folded), 0)
           AS folded_calls,             -- of those, past the limit of contexts
       ifnull((SELECT sum(context.self_ns) FROM context
               WHERE context.thread_id = thread.id AND context.folded), 0)
           AS folded_ns,                -- in them: missing in the cumulative times of their callers
       ifnull((SELECT sum(context.calls) FROM context
               WHERE context.thread_id = thread.id AND context.inlined), 0)
           AS inlined_calls             -- of calls, inlined
FROM thread
JOIN process ON process.id = thread.process_id;

CREATE VIEW processes AS
SELECT process.id AS id,
       process.run_id AS run,
       process.program AS program,
       process.process_id AS process_id,      -- as the system numbered it
       process.parent_process_id AS parent_process_id,
       process.arguments AS arguments,        -- JSON array
       strftime('%Y-%m-%d %H:%M:%S', process.started_unix_ns / 1000000000, 'unixepoch')
           AS started,                        -- UTC
       process.duration_ns AS duration_ns,
       process.ended AS ended,                -- 0: still running when read, killed, or _exit
       process.lost_calls AS lost_calls,
       ifnull(sum(threads.threads), 0) AS threads,
       ifnull(sum(threads.calls), 0) AS calls,
       ifnull(sum(threads.lifetime_ns), 0) AS lifetime_ns, -- of all threads together
       ifnull(sum(threads.outside_ns), 0) AS outside_ns,   -- of all threads together
       ifnull(sum(threads.unattributed_ns), 0) AS unattributed_ns, -- of all threads together
       ifnull(sum(threads.folded_calls), 0) AS folded_calls, -- past the limit of contexts
       ifnull(sum(threads.folded_ns), 0) AS folded_ns,     -- missing in cumulative times of their callers
       process.started_unix_ns AS started_unix_ns,
       process.ticks_per_second AS ticks_per_second,       -- NULL: unknown, and so are all times
       process.event_ns AS event_ns,          -- what recording one entry or return took; NULL: unknown
       ifnull(sum(threads.inlined_calls), 0) AS inlined_calls -- of calls, inlined
FROM process
LEFT JOIN threads ON threads.process = process.id
GROUP BY process.id;

CREATE VIEW runs AS
SELECT run AS id,
       program,               -- of the process that began first
       min(started) AS started, -- UTC
       max(started_unix_ns + duration_ns) - min(started_unix_ns)
           AS duration_ns,    -- from the first start to the last end
       count(*) AS processes,
       sum(threads) AS threads,
       sum(calls) AS calls,
       sum(lifetime_ns) AS lifetime_ns, -- of all threads together
       sum(outside_ns) AS outside_ns,
       sum(unattributed_ns) AS unattributed_ns,
       min(started_unix_ns) AS started_unix_ns,
       sum(inlined_calls) AS inlined_calls -- of calls, inlined
FROM processes
GROUP BY run;

CREATE VIEW bottlenecks AS
-- Where the time goes: the functions in the order of their own time.
SELECT row_number() OVER (ORDER BY self_ns DESC, name, linkage_name, module, file, line) AS rank,
       name, module, file, line, calls, inlined_calls, self_ns,
       1.0 * self_ns / nullif(total.ns, 0) AS self_share,             -- 0..1 of all threads' lifetime
       cumulative_ns,
       1.0 * cumulative_ns / nullif(total.ns, 0) AS cumulative_share, -- 0..1 of all threads' lifetime
       called_ns / nullif(calls - inlined_calls, 0)
           AS average_ns, -- of one call that was not inlined, with all it called; NULL: there is none
       external, function_id
FROM functions
CROSS JOIN (SELECT sum(lifetime_ns) AS ns FROM thread) AS total;

CREATE VIEW run_bottlenecks AS
-- Where the time of each run goes. The columns are those of bottlenecks.
SELECT run,
       row_number() OVER (PARTITION BY run
                          ORDER BY self_ns DESC, name, linkage_name, module, file, line) AS rank,
       name, module, file, line, calls, inlined_calls, self_ns,
       1.0 * self_ns / nullif(total.ns, 0) AS self_share,
       cumulative_ns,
       1.0 * cumulative_ns / nullif(total.ns, 0) AS cumulative_share,
       called_ns / nullif(calls - inlined_calls, 0) AS average_ns,
       external, function_id
FROM run_functions
JOIN (SELECT process.run_id AS run_id, sum(thread.lifetime_ns) AS ns
      FROM thread JOIN process ON process.id = thread.process_id GROUP BY process.run_id) AS total
    ON total.run_id = run_functions.run;
