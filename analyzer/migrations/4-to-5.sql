-- What databases of schema 4 lack. This text stays as it is when schema.sql goes on: later steps follow it.

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

PRAGMA user_version = 5;
