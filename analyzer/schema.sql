-- The profinst database: tables in third normal form, totals derived from them, views for people on top.
-- docs/DATABASE.md explains it with examples. Comments stand inside the statements, so that `.schema`
-- shows them. Times are nanoseconds (_ns) unless a comment says otherwise.

PRAGMA application_id = 1346784851; -- "PFNS"
PRAGMA user_version = 5;            -- version of this schema

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
    user_ns INTEGER,                    -- processor time of all threads meanwhile, the profiler's too;
                                        -- NULL: unknown. Of a process that did not end, at least so much
    system_ns INTEGER,                  -- likewise, in the kernel
    peak_bytes INTEGER,                 -- the most memory that was resident, the profiler's too; NULL:
                                        -- unknown, or no more than when it started
    clock TEXT NOT NULL CHECK (clock IN ('tsc', 'cntvct', 'monotonic')),
    ticks_per_second REAL,              -- of that clock; NULL: unknown, and then all times are 0
    event_ns REAL,                      -- what recording one entry or return took; NULL: unknown
    timing TEXT NOT NULL CHECK (timing IN ('exact', 'auto', 'counts')), -- counts: all times are 0
    sample_ns INTEGER,                  -- processor time between two samples; NULL: none were taken
    timed_inside_ns REAL,               -- what recording a timed call added to the time of its function;
    timed_outside_ns REAL,              -- and to that of its caller. NULL: unknown
    counted_inside_ns REAL,             -- the same of a call that was only counted
    counted_outside_ns REAL,            -- likewise
    end_ticks INTEGER NOT NULL,         -- ticks: the end, or the latest event known
    ended INTEGER NOT NULL CHECK (ended IN (0, 1)), -- 0: still running when read, killed, or _exit
    lost_calls INTEGER NOT NULL,        -- calls that could not be recorded
    content_digest TEXT NOT NULL,       -- hex; differs between two states of the same profile
    first_context_id INTEGER NOT NULL,  -- its contexts have the ids from this one
    last_context_id INTEGER NOT NULL    -- to this one
) STRICT;
CREATE INDEX process_of_run ON process (run_id);

CREATE TABLE thread (
    -- A thread; or several that lived one after another, as the runtime reuses what ended threads left.
    id INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id),
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
    id INTEGER PRIMARY KEY,         -- a caller's is less than that of what it calls
    thread_id INTEGER NOT NULL REFERENCES thread (id),
    parent_id INTEGER REFERENCES context (id),    -- the caller's; NULL: root
    function_id INTEGER REFERENCES function (id), -- NULL: root
    depth INTEGER NOT NULL,         -- functions in the chain; root: 0
    folded INTEGER NOT NULL CHECK (folded IN (0, 1)), -- 1: the callers are in cross_call only
    inlined INTEGER NOT NULL CHECK (inlined IN (0, 1)), -- 1: of inlined calls
    nested INTEGER NOT NULL CHECK (nested IN (0, 1)), -- 1: its function stands further up as well, one
                                    -- of the two inlined: its time is in that context's cumulative_ns
    calls INTEGER NOT NULL,         -- without those in cross_call; root: threads that began here
    self_ticks INTEGER NOT NULL,    -- ticks of the process's clock, as it had them; where calls were
                                    -- only counted, also of contexts below, or none
    raw_self_ns INTEGER NOT NULL,   -- in the function itself, and what is inlined into it, and in the
                                    -- profiler's work for it; less than 1 ns off per context
    self_ns INTEGER NOT NULL,       -- of that, without the profiler's work
    cumulative_ns INTEGER NOT NULL, -- with all it called: exactly self_ns summed over the subtree
    CHECK ((parent_id IS NULL) = (function_id IS NULL)),
    CHECK (inlined = 0 OR self_ticks = 0)
) STRICT;

CREATE TABLE cross_call (
    -- Calls that led across the tree, to a context that hangs under another one: to that of a function
    -- which was running already, or to a folded one. Their time is in the context called.
    context_id INTEGER NOT NULL REFERENCES context (id),        -- called
    caller_context_id INTEGER NOT NULL REFERENCES context (id), -- called from
    calls INTEGER NOT NULL,
    recursive_calls INTEGER NOT NULL, -- of those, to a function running already; of folded ones unknown: 0
    PRIMARY KEY (context_id, caller_context_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE estimate (
    -- What is told of contexts of a process with the timing 'auto' alone.
    context_id INTEGER PRIMARY KEY REFERENCES context (id),
    samples INTEGER NOT NULL,       -- taken while the thread was here
    hook_samples INTEGER NOT NULL,  -- of those, in the profiler's own work
    counted INTEGER NOT NULL CHECK (counted IN (0, 1)), -- 1: the clock was given up
    timed_calls INTEGER NOT NULL,   -- calls by then; 0 also if it was not
    timed_self_ticks INTEGER NOT NULL, -- self_ticks then
    self_error_ns INTEGER NOT NULL, -- half of the 95 % interval of self_ns
    cumulative_error_ns INTEGER NOT NULL -- and of cumulative_ns
) STRICT;

CREATE TABLE duration_range (
    -- An octave of a histogram: how long calls of a function took, in a thread or in one context of it.
    -- Octave 0 is 0 to 31 ticks, octave n is 2^(n+4) to 2^(n+5) - 1.
    id INTEGER PRIMARY KEY,
    thread_id INTEGER NOT NULL REFERENCES thread (id),
    function_id INTEGER NOT NULL REFERENCES function (id),
    context_id INTEGER REFERENCES context (id), -- NULL: of all contexts
    octave INTEGER NOT NULL,
    measured INTEGER NOT NULL,       -- durations that were measured; each may stand for several calls
    least_ticks INTEGER NOT NULL,    -- the shortest of these
    greatest_ticks INTEGER NOT NULL  -- the longest
) STRICT;
CREATE INDEX duration_range_of_function ON duration_range (function_id);
CREATE INDEX duration_range_of_thread ON duration_range (thread_id);

CREATE TABLE duration (
    -- A bucket: an eighth of an octave. Empty ones have no row.
    duration_range_id INTEGER NOT NULL REFERENCES duration_range (id),
    bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 7),
    calls INTEGER NOT NULL,
    PRIMARY KEY (duration_range_id, bucket)
) STRICT, WITHOUT ROWID;

-- Totals: sums over contexts and cross calls, made when a profile is loaded, so that what is asked most
-- is answered without reading millions of contexts. All of it can be worked out again from those.

CREATE TABLE thread_total (
    -- What the contexts of a thread add up to.
    thread_id INTEGER PRIMARY KEY REFERENCES thread (id),
    calls INTEGER NOT NULL,
    inlined_calls INTEGER NOT NULL, -- of those
    folded_calls INTEGER NOT NULL,  -- of those
    outside_ns INTEGER NOT NULL,    -- self_ns of its root
    folded_ns INTEGER NOT NULL,     -- self_ns of its folded contexts
    self_ns INTEGER NOT NULL,       -- of all its contexts, the roots too
    profiler_ns INTEGER NOT NULL,   -- raw_self_ns - self_ns of all its contexts
    samples INTEGER NOT NULL,
    hook_samples INTEGER NOT NULL   -- of those
) STRICT;

CREATE TABLE function_total (
    -- What the contexts of a function add up to in a process. The columns are those of run_functions.
    -- There is a row if there were calls, or time.
    process_id INTEGER NOT NULL REFERENCES process (id),
    function_id INTEGER NOT NULL REFERENCES function (id),
    calls INTEGER NOT NULL,
    inlined_calls INTEGER NOT NULL,
    recursive_calls INTEGER NOT NULL,
    self_ns INTEGER NOT NULL,       -- in the function itself, and what is inlined into it
    cumulative_ns INTEGER NOT NULL, -- of its contexts that are not nested
    called_ns INTEGER NOT NULL,     -- cumulative_ns of its contexts that are not inlined
    raw_self_ns INTEGER NOT NULL,   -- with what the profiler took: self_ns is without
    self_error_ns INTEGER NOT NULL, -- half of the 95 % interval; no sum: what one context has too much of,
                                    -- another has too little
    cumulative_error_ns INTEGER NOT NULL, -- likewise
    PRIMARY KEY (process_id, function_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE function_duration (
    -- What the durations of a function's calls come to. The columns are those of run_functions.
    run_id INTEGER NOT NULL,        -- 0: all runs together
    function_id INTEGER NOT NULL REFERENCES function (id),
    measured_calls INTEGER NOT NULL,
    min_ns INTEGER NOT NULL, -- of those measured
    p50_ns INTEGER,          -- so much or less in 50 % of the calls; NULL: too few were measured to tell
    p75_ns INTEGER,          -- likewise
    p95_ns INTEGER,          -- likewise
    p99_ns INTEGER,          -- likewise
    max_ns INTEGER NOT NULL, -- of those measured
    PRIMARY KEY (function_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE edge_total (
    -- What the calls from one function to another add up to in a process. The columns are those of
    -- run_edges. There is a row if there were calls, or time.
    process_id INTEGER NOT NULL REFERENCES process (id),
    caller_id INTEGER NOT NULL REFERENCES function (id),
    callee_id INTEGER NOT NULL REFERENCES function (id),
    calls INTEGER NOT NULL,
    inlined_calls INTEGER NOT NULL,
    recursive_calls INTEGER NOT NULL,
    cumulative_ns INTEGER NOT NULL, -- of the callee's contexts below the caller's that are not nested
    called_ns INTEGER NOT NULL,     -- cumulative_ns of the callee's contexts there that are not inlined
    PRIMARY KEY (process_id, caller_id, callee_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_site (
    -- A line in the source of a function that made calls to another one in a process, or may have, as far
    -- as the plugin knew; only where there was debug information. docs/CALLS.md tells how it is found.
    process_id INTEGER NOT NULL REFERENCES process (id),
    caller_id INTEGER NOT NULL REFERENCES function (id),
    callee_id INTEGER NOT NULL REFERENCES function (id),
    source_file_id INTEGER NOT NULL REFERENCES source_file (id),
    line INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('direct', 'pointer', 'through')), -- as in the view call_sites
    through TEXT,                   -- of 'through': the function called there; otherwise NULL
    sites INTEGER NOT NULL,         -- lines of the caller that may have made these calls, this one too;
                                    -- those that are not known count as one
    exact INTEGER NOT NULL CHECK (exact IN (0, 1)), -- 1: all calls were made here
    PRIMARY KEY (process_id, caller_id, callee_id, source_file_id, line),
    CHECK ((kind = 'through') = (through IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE function_code (
    -- What the functions that were called in a process had been compiled from, where the plugin said so.
    process_id INTEGER NOT NULL REFERENCES process (id),
    function_id INTEGER NOT NULL REFERENCES function (id),
    fingerprint INTEGER NOT NULL, -- hash of the code before it got hooks: another one is other code
    PRIMARY KEY (process_id, function_id)
) STRICT, WITHOUT ROWID;

-- Series: runs that measure the same thing several times, and what was kept of them to compare with.

CREATE TABLE series (
    -- What one `profinst run` did, or what a baseline was saved of.
    id INTEGER PRIMARY KEY,
    series_key TEXT NOT NULL UNIQUE,  -- hex; drawn at random when it began
    name TEXT,                        -- NULL: none was given. Of several with one name the newest is meant
    program TEXT NOT NULL,            -- as it was given
    arguments TEXT NOT NULL,          -- JSON array of strings, the program's name first
    started_unix_ns INTEGER NOT NULL, -- nanoseconds since 1970-01-01 00:00 UTC
    warmup_runs INTEGER NOT NULL      -- before the first; nothing of them is kept
) STRICT;

CREATE TABLE series_run (
    -- One run of a series.
    series_id INTEGER NOT NULL REFERENCES series (id),
    number INTEGER NOT NULL,          -- from 1, in order
    run_id INTEGER REFERENCES run (id), -- NULL: it left no profile
    started_unix_ns INTEGER NOT NULL, -- nanoseconds since 1970-01-01 00:00 UTC
    wall_ns INTEGER NOT NULL,         -- from its start to its end, as whoever waited for it saw it
    user_ns INTEGER,                  -- processor time of it and its children; NULL: unknown
    system_ns INTEGER,                -- likewise, in the kernel
    peak_bytes INTEGER,               -- the most memory that was resident; NULL: unknown
    exit_code INTEGER,                -- NULL: a signal ended it, or unknown
    signal INTEGER,                   -- the one that ended it; NULL: none, or unknown
    load_average REAL,                -- of the machine in the minute before; NULL: unknown
    PRIMARY KEY (series_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX series_run_of_run ON series_run (run_id);

CREATE TABLE series_fact (
    -- What is known of how a series was made: docs/RUNS.md has the names.
    series_id INTEGER NOT NULL REFERENCES series (id),
    name TEXT NOT NULL,               -- machine.cpu, git.commit, tag.KEY, ...
    value TEXT NOT NULL,
    PRIMARY KEY (series_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE baseline (
    -- A series that others are compared with by its name.
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    series_id INTEGER NOT NULL REFERENCES series (id),
    saved_unix_ns INTEGER NOT NULL,   -- nanoseconds since 1970-01-01 00:00 UTC
    replaced_unix_ns INTEGER          -- when another one took its name; NULL: it has it now
) STRICT;
CREATE UNIQUE INDEX baseline_of_name ON baseline (name) WHERE replaced_unix_ns IS NULL;

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
       sum(total.calls) AS calls,             -- all, recursive and inlined ones too
       sum(total.inlined_calls) AS inlined_calls, -- of those, inlined
       sum(total.self_ns) AS self_ns,         -- in the function itself, and what is inlined into it
       sum(total.cumulative_ns) AS cumulative_ns, -- with all it called; each moment once
       sum(total.recursive_calls) AS recursive_calls, -- those while the function was running already
       sum(total.called_ns) AS called_ns,     -- of cumulative_ns, in calls that were not inlined
       function.external AS external,         -- 1: not part of the build
       function.id AS function_id,
       module.path AS module_path,
       sum(total.raw_self_ns) AS raw_self_ns, -- with what the profiler took: self_ns is without
       10 * sum(total.self_ns) < sum(total.raw_self_ns) - sum(total.self_ns)
           AS below_noise,                    -- 1: self_ns is less than a tenth of what the profiler took
       sum(total.self_error_ns) AS self_error_ns, -- half of the 95 % interval; 0: not estimated
       sum(total.cumulative_error_ns) AS cumulative_error_ns,
       duration.measured_calls AS measured_calls, -- how many calls the rest is from; NULL: none
       duration.min_ns AS min_ns,             -- of one call, with all it called
       duration.p50_ns AS p50_ns,             -- 50 % of the calls took so much or less; NULL: too few were
                                              -- measured to tell
       duration.p75_ns AS p75_ns,             -- likewise of 75 %
       duration.p95_ns AS p95_ns,             -- likewise
       duration.p99_ns AS p99_ns,             -- likewise
       duration.max_ns AS max_ns              -- of the longest call that was measured
FROM function_total AS total
JOIN process ON process.id = total.process_id
JOIN function ON function.id = total.function_id
LEFT JOIN module ON module.id = function.module_id
LEFT JOIN source_file ON source_file.id = function.source_file_id
LEFT JOIN function_duration AS duration
    ON duration.run_id = process.run_id AND duration.function_id = function.id
GROUP BY process.run_id, function.id;

CREATE VIEW functions AS
-- Every function that was called. The columns are those of run_functions.
SELECT function.name AS name, function.linkage_name AS linkage_name, module.name AS module,
       source_file.path AS file, function.line AS line, total.calls AS calls,
       total.inlined_calls AS inlined_calls, total.self_ns AS self_ns,
       total.cumulative_ns AS cumulative_ns, total.recursive_calls AS recursive_calls,
       total.called_ns AS called_ns, function.external AS external, function.id AS function_id,
       module.path AS module_path, total.raw_self_ns AS raw_self_ns,
       10 * total.self_ns < total.raw_self_ns - total.self_ns AS below_noise,
       total.self_error_ns AS self_error_ns, total.cumulative_error_ns AS cumulative_error_ns,
       duration.measured_calls AS measured_calls, duration.min_ns AS min_ns,
       duration.p50_ns AS p50_ns, duration.p75_ns AS p75_ns, duration.p95_ns AS p95_ns,
       duration.p99_ns AS p99_ns, duration.max_ns AS max_ns
FROM (SELECT function_id, sum(calls) AS calls, sum(inlined_calls) AS inlined_calls,
             sum(self_ns) AS self_ns, sum(cumulative_ns) AS cumulative_ns,
             sum(recursive_calls) AS recursive_calls, sum(called_ns) AS called_ns,
             sum(raw_self_ns) AS raw_self_ns, sum(self_error_ns) AS self_error_ns,
             sum(cumulative_error_ns) AS cumulative_error_ns
      FROM function_total GROUP BY function_id) AS total
JOIN function ON function.id = total.function_id
LEFT JOIN module ON module.id = function.module_id
LEFT JOIN source_file ON source_file.id = function.source_file_id
LEFT JOIN function_duration AS duration
    ON duration.run_id = 0 AND duration.function_id = function.id;

CREATE VIEW run_edges AS
-- Who called whom. Calls from the start of a thread have no caller and so no row.
SELECT process.run_id AS run,
       caller.name AS caller,                 -- demangled
       callee.name AS callee,
       sum(total.calls) AS calls,             -- all, recursive and inlined ones too
       sum(total.inlined_calls) AS inlined_calls, -- of those, inlined: no time but of what they called
       sum(total.cumulative_ns) AS cumulative_ns, -- of the callee, called from here; each moment once
       sum(total.recursive_calls) AS recursive_calls, -- while the callee was running already: no time
       caller.id AS caller_id,                -- functions.function_id
       callee.id AS callee_id,
       caller.linkage_name AS caller_linkage_name,
       callee.linkage_name AS callee_linkage_name,
       sum(total.called_ns) AS called_ns,     -- of the callee, in calls that were not inlined
       callee.external AS external            -- 1: the callee is not part of the build
FROM edge_total AS total
JOIN process ON process.id = total.process_id
JOIN function AS caller ON caller.id = total.caller_id
JOIN function AS callee ON callee.id = total.callee_id
GROUP BY process.run_id, caller.id, callee.id;

CREATE VIEW edges AS
-- Who called whom. The columns are those of run_edges.
SELECT caller.name AS caller, callee.name AS callee, total.calls AS calls,
       total.inlined_calls AS inlined_calls, total.cumulative_ns AS cumulative_ns,
       total.recursive_calls AS recursive_calls, caller.id AS caller_id, callee.id AS callee_id,
       caller.linkage_name AS caller_linkage_name, callee.linkage_name AS callee_linkage_name,
       total.called_ns AS called_ns, callee.external AS external
FROM (SELECT caller_id, callee_id, sum(calls) AS calls, sum(inlined_calls) AS inlined_calls,
             sum(cumulative_ns) AS cumulative_ns, sum(recursive_calls) AS recursive_calls,
             sum(called_ns) AS called_ns
      FROM edge_total GROUP BY caller_id, callee_id) AS total
JOIN function AS caller ON caller.id = total.caller_id
JOIN function AS callee ON callee.id = total.callee_id;

CREATE VIEW run_call_sites AS
-- Lines of the source that made calls, or may have. An edge has as many rows as lines come into question.
SELECT process.run_id AS run,
       caller.name AS caller,                 -- demangled
       callee.name AS callee,
       source_file.path AS file,              -- where the call stands
       site.line AS line,
       site.kind AS kind,                     -- direct: the callee is called there by its name. If there is
                                              -- no such line: pointer: somebody is called through a pointer;
                                              -- through: another function is called that is not measured
       max(site.sites) AS sites,              -- lines in the caller that may have made these calls
       sum(total.calls) AS calls,             -- of the edge: of all these lines together
       sum(total.cumulative_ns) AS cumulative_ns, -- likewise
       min(site.exact) AS exact,              -- 1: all of that is this line's
       max(site.through) AS through,          -- of kind through: the function called there
       caller.id AS caller_id,                -- functions.function_id
       callee.id AS callee_id,
       sum(total.inlined_calls) AS inlined_calls, -- of calls, inlined
       callee.external AS external            -- 1: the callee is not part of the build
FROM call_site AS site
JOIN process ON process.id = site.process_id
JOIN edge_total AS total ON total.process_id = site.process_id
                        AND total.caller_id = site.caller_id AND total.callee_id = site.callee_id
JOIN function AS caller ON caller.id = site.caller_id
JOIN function AS callee ON callee.id = site.callee_id
JOIN source_file ON source_file.id = site.source_file_id
GROUP BY process.run_id, site.caller_id, site.callee_id, site.source_file_id, site.line, site.kind;

CREATE VIEW call_sites AS
-- Lines of the source that made calls, or may have. The columns are those of run_call_sites.
SELECT caller.name AS caller, callee.name AS callee, source_file.path AS file, site.line AS line,
       site.kind AS kind, max(site.sites) AS sites, sum(total.calls) AS calls,
       sum(total.cumulative_ns) AS cumulative_ns, min(site.exact) AS exact, max(site.through) AS through,
       caller.id AS caller_id, callee.id AS callee_id, sum(total.inlined_calls) AS inlined_calls,
       callee.external AS external
FROM call_site AS site
JOIN edge_total AS total ON total.process_id = site.process_id
                        AND total.caller_id = site.caller_id AND total.callee_id = site.callee_id
JOIN function AS caller ON caller.id = site.caller_id
JOIN function AS callee ON callee.id = site.callee_id
JOIN source_file ON source_file.id = site.source_file_id
GROUP BY site.caller_id, site.callee_id, site.source_file_id, site.line, site.kind;

CREATE VIEW contexts AS
-- Every chain of callers, one row for each thread that it occurs in. A chain with inlined calls that
-- also occurs without them is two.
SELECT here.id AS id,
       process.run_id AS run,
       process.id AS process,               -- processes.id
       thread.number AS thread,
       function.name AS name,               -- demangled
       iif(here.folded, '(folded) > ', '')
       || (WITH RECURSIVE chain (depth, name, parent_id) AS (
               SELECT here.depth, function.name, here.parent_id
               UNION ALL
               SELECT chain.depth - 1, caller.name, parent.parent_id
               FROM chain
               JOIN context AS parent ON parent.id = chain.parent_id
               JOIN function AS caller ON caller.id = parent.function_id
               WHERE chain.depth > 1
           )
           SELECT group_concat(name, ' > ') FROM (SELECT name FROM chain ORDER BY depth))
           AS path,                         -- 'main > f > name'; '(folded) > name' if its callers
                                            -- are not told apart
       here.depth AS depth,                 -- functions in the path
       here.calls + ifnull((SELECT sum(cross_call.calls) FROM cross_call
                            WHERE cross_call.context_id = here.id), 0)
           AS calls,                        -- all, recursive ones that lead here too
       iif(here.inlined, here.calls, 0)
           AS inlined_calls,                -- either all or none
       here.self_ns AS self_ns,             -- in the function itself, and what is inlined into it
       here.cumulative_ns AS cumulative_ns, -- with all it called
       here.parent_id AS parent_id,         -- contexts.id of the caller, or a thread's root
       here.function_id AS function_id,
       here.folded AS folded,               -- 1: past the limit of contexts, whoever called
       here.inlined AS inlined,             -- 1: inlined calls; their time is in the next context up
                                            -- that has a 0 here
       here.nested AS nested,               -- 1: below another context of its function, one of the two
                                            -- inlined: its time is in that one's cumulative_ns, too
       function.external AS external,       -- 1: not part of the build
       here.raw_self_ns AS raw_self_ns,     -- with what the profiler took: self_ns is without
       10 * here.self_ns < here.raw_self_ns - here.self_ns
           AS below_noise,                  -- 1: self_ns is less than a tenth of what the profiler took
       ifnull(estimate.self_error_ns, 0)
           AS self_error_ns,                -- half of the 95 % interval; 0: not estimated
       ifnull(estimate.cumulative_error_ns, 0) AS cumulative_error_ns
FROM process
JOIN context AS here ON here.id BETWEEN process.first_context_id AND process.last_context_id
JOIN thread ON thread.id = here.thread_id
JOIN function ON function.id = here.function_id
LEFT JOIN estimate ON estimate.context_id = here.id
WHERE here.calls > 0 OR here.cumulative_ns > 0
   OR EXISTS (SELECT 1 FROM cross_call
              WHERE cross_call.context_id = here.id AND cross_call.calls > 0);

CREATE VIEW run_contexts AS
-- Every chain of callers, with the run in front.
SELECT run, path, depth, calls, inlined_calls, self_ns, cumulative_ns, id, process, thread, name,
       parent_id, function_id, folded, inlined, nested, external, raw_self_ns, below_noise,
       self_error_ns, cumulative_error_ns
FROM contexts;

CREATE VIEW durations AS
-- How long calls took, with all that they called: a histogram of each function in each thread, and of
-- contexts where the process was asked for that.
SELECT process.run_id AS run,
       process.id AS process,           -- processes.id
       thread.number AS thread,
       function.name AS name,           -- demangled
       span.from_ticks * 1e9 / process.ticks_per_second AS from_ns, -- calls that took so much,
       span.to_ticks * 1e9 / process.ticks_per_second AS to_ns,     -- to so much; with what the profiler
                                        -- added: process.timed_inside_ns
       span.calls AS calls,
       function.id AS function_id,
       span.context_id AS context_id    -- contexts.id; NULL: of all contexts
FROM (SELECT range.thread_id, range.function_id, range.context_id, duration.calls,
             max(range.least_ticks, iif(range.octave = 0, 4 * bucket, (8 + bucket) << (range.octave + 1)))
                 AS from_ticks,
             min(range.greatest_ticks,
                 iif(range.octave = 0, 4 * bucket + 3,
                     iif(range.octave = 59 AND bucket = 7, range.greatest_ticks,
                         ((9 + bucket) << (range.octave + 1)) - 1)))
                 AS to_ticks
      FROM duration_range AS range
      JOIN duration ON duration.duration_range_id = range.id) AS span
JOIN thread ON thread.id = span.thread_id
JOIN process ON process.id = thread.process_id
JOIN function ON function.id = span.function_id;

CREATE VIEW threads AS
SELECT thread.id AS id,
       process.run_id AS run,
       process.id AS process,           -- processes.id
       thread.number AS number,         -- in its process
       thread.name AS name,
       thread.threads AS threads,       -- how many lived here, one after another
       thread.lifetime_ns AS lifetime_ns,
       total.outside_ns AS outside_ns,  -- in no instrumented function
       iif(process.timing = 'counts', 0, thread.lifetime_ns - total.self_ns - total.profiler_ns)
           AS unattributed_ns,          -- neither known to be inside nor outside
       total.calls AS calls,
       total.folded_calls AS folded_calls, -- of those, past the limit of contexts
       total.folded_ns AS folded_ns,    -- in them: missing in the cumulative times of their callers
       total.inlined_calls AS inlined_calls, -- of calls, inlined
       total.profiler_ns AS profiler_ns, -- of lifetime_ns, what the profiler took; in no other time
       total.samples AS samples,
       total.hook_samples AS hook_samples, -- of samples, those in the profiler's own work
       iif(process.timing = 'counts', 0, thread.lifetime_ns - total.profiler_ns)
           AS timed_ns                  -- of lifetime_ns, what there are times of: shares are of this
FROM thread
JOIN thread_total AS total ON total.thread_id = thread.id
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
       ifnull(sum(threads.inlined_calls), 0) AS inlined_calls, -- of calls, inlined
       process.timing AS timing,              -- exact, auto, or counts: then there are no times
       ifnull(sum(threads.profiler_ns), 0) AS profiler_ns, -- of lifetime_ns, what the profiler took
       ifnull(sum(threads.samples), 0) AS samples,
       ifnull(sum(threads.hook_samples), 0) AS hook_samples, -- in the profiler's own work
       process.sample_ns AS sample_ns,        -- processor time between two samples; NULL: there are none
       ifnull(sum(threads.timed_ns), 0) AS timed_ns, -- of lifetime_ns, what there are times of
       process.user_ns AS user_ns,            -- processor time of all threads, the profiler's too; NULL:
                                              -- unknown. If it did not end, at least so much
       process.system_ns AS system_ns,        -- likewise, in the kernel
       process.peak_bytes AS peak_bytes       -- the most memory that was resident, the profiler's too;
                                              -- NULL: unknown, or no more than when it started
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
       sum(inlined_calls) AS inlined_calls, -- of calls, inlined
       sum(profiler_ns) AS profiler_ns, -- of lifetime_ns, what the profiler took
       sum(timed_ns) AS timed_ns, -- of lifetime_ns, what there are times of
       sum(user_ns) AS user_ns, -- processor time, of those processes of which it is known; NULL: of none
       sum(system_ns) AS system_ns, -- likewise, in the kernel
       max(peak_bytes) AS peak_bytes -- of the process with the most; NULL: unknown of all
FROM processes
GROUP BY run;

CREATE VIEW bottlenecks AS
-- Where the time goes: the functions in the order of their own time.
SELECT row_number() OVER (ORDER BY below_noise, self_ns DESC, name, linkage_name, module, file, line)
           AS rank,
       name, module, file, line, calls, inlined_calls, self_ns,
       1.0 * self_ns / nullif(total.ns, 0) AS self_share, -- 0..1 of all threads' timed_ns
       cumulative_ns,
       1.0 * cumulative_ns / nullif(total.ns, 0) AS cumulative_share, -- likewise
       called_ns / nullif(calls - inlined_calls, 0)
           AS average_ns, -- of one call that was not inlined, with all it called; NULL: there is none
       external, function_id, raw_self_ns, below_noise, self_error_ns, cumulative_error_ns,
       p50_ns, p75_ns, p95_ns, p99_ns, min_ns, max_ns
FROM functions
CROSS JOIN (SELECT sum(timed_ns) AS ns FROM threads) AS total;

CREATE VIEW run_bottlenecks AS
-- Where the time of each run goes. The columns are those of bottlenecks.
SELECT run,
       row_number() OVER (PARTITION BY run
                          ORDER BY below_noise, self_ns DESC, name, linkage_name, module, file, line)
           AS rank,
       name, module, file, line, calls, inlined_calls, self_ns,
       1.0 * self_ns / nullif(total.ns, 0) AS self_share,
       cumulative_ns,
       1.0 * cumulative_ns / nullif(total.ns, 0) AS cumulative_share,
       called_ns / nullif(calls - inlined_calls, 0) AS average_ns,
       external, function_id, raw_self_ns, below_noise, self_error_ns, cumulative_error_ns,
       p50_ns, p75_ns, p95_ns, p99_ns, min_ns, max_ns
FROM run_functions
JOIN (SELECT run AS run_id, sum(timed_ns) AS ns FROM threads GROUP BY run) AS total
    ON total.run_id = run_functions.run;
