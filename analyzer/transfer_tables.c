/* What is copied of a series: the tables in their order, their columns, and the statements that
 * read and write them. Rows come in the order of what they are known by everywhere, so that one
 * series is one stream, whichever database it is in: temporary tables of transfer_pick.c have that
 * order of runs, processes and functions. */
#include "transfer_steps.h"

#define BUCKET(n)                                                                                  \
    "ifnull((SELECT calls FROM main.duration WHERE duration_range_id = range.id AND bucket = " #n  \
    "), 0)"

#define SURE(name, kind)                                                                           \
    {                                                                                              \
        name, TRANSFER_##kind, false, 0                                                            \
    }
#define MAYBE(name, kind)                                                                          \
    {                                                                                              \
        name, TRANSFER_##kind, true, 0                                                             \
    }
#define ROW(name, table)                                                                           \
    {                                                                                              \
        name, TRANSFER_REFERENCE, false, TRANSFER_##table                                          \
    }
#define MAYBE_ROW(name, table)                                                                     \
    {                                                                                              \
        name, TRANSFER_REFERENCE, true, TRANSFER_##table                                           \
    }

/* A process whose contexts are left out has another digest, so that its profile can still be
 * loaded. */
const struct transfer_shape transfer_shapes[TRANSFER_TABLES] = {
    [TRANSFER_SERIES] =
        {.name = "series",
         .has_id = true,
         .select =
             "SELECT id, series_key, name, program, arguments, started_unix_ns, warmup_runs FROM"
             " main.series WHERE id = ?2",
         .insert = "INSERT INTO main.series (series_key, name, program, arguments, started_unix_ns,"
                   " warmup_runs) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (series_key) DO NOTHING"
                   " RETURNING id",
         .columns = {SURE("series_key", KEY), MAYBE("name", TEXT), SURE("program", TEXT),
                     SURE("arguments", ARGUMENTS), SURE("started_unix_ns", WHOLE),
                     SURE("warmup_runs", WHOLE)}},
    [TRANSFER_SERIES_FACT] =
        {.name = "series_fact",
         .select = "SELECT name, value FROM main.series_fact WHERE series_id = ?2 UNION SELECT "
                   "'" TRANSFER_CONTEXTS_FACT "',"
                   " 'no' WHERE ?2 AND ?1 = 1 ORDER BY name",
         .insert = "INSERT INTO main.series_fact (name, value, series_id) VALUES (?, ?, ?)",
         .columns = {SURE("name", TEXT), SURE("value", TEXT)}},
    [TRANSFER_RUN] =
        {.name = "run",
         .has_id = true,
         .select =
             "SELECT run.id, run_key FROM temp.transfer_run AS chosen JOIN main.run ON run.id ="
             " chosen.id ORDER BY chosen.number",
         .insert = "INSERT INTO main.run (run_key) VALUES (?) ON CONFLICT (run_key) DO NOTHING"
                   " RETURNING id",
         .columns = {SURE("run_key", KEY)}},
    [TRANSFER_SERIES_RUN] =
        {.name = "series_run",
         .select =
             "SELECT number, run_id, started_unix_ns, wall_ns, user_ns, system_ns, peak_bytes,"
             " exit_code, signal, load_average FROM main.series_run WHERE series_id = ?2 ORDER BY"
             " number",
         .insert =
             "INSERT INTO main.series_run (number, run_id, started_unix_ns, wall_ns, user_ns,"
             " system_ns, peak_bytes, exit_code, signal, load_average, series_id) VALUES (?, ?,"
             " ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         .columns = {SURE("number", WHOLE), MAYBE_ROW("run", RUN), SURE("started_unix_ns", WHOLE),
                     SURE("wall_ns", COUNT), MAYBE("user_ns", COUNT), MAYBE("system_ns", COUNT),
                     MAYBE("peak_bytes", WHOLE), MAYBE("exit_code", WHOLE), MAYBE("signal", WHOLE),
                     MAYBE("load_average", REAL)}},
    [TRANSFER_MODULE] =
        {.name = "module",
         .has_id = true,
         .select =
             "SELECT DISTINCT module.id, module.path FROM temp.transfer_function AS chosen JOIN"
             " main.function ON function.id = chosen.id JOIN main.module ON module.id ="
             " function.module_id ORDER BY module.path",
         .insert = "INSERT INTO main.module (path, name) VALUES (?, ?) ON CONFLICT (path) DO UPDATE"
                   " SET path = excluded.path RETURNING id",
         .columns = {SURE("path", TEXT)}},
    [TRANSFER_SOURCE_FILE] =
        {.name = "source_file",
         .has_id = true,
         .select =
             "SELECT id, path FROM main.source_file WHERE id IN (SELECT source_file_id FROM"
             " main.function JOIN temp.transfer_function USING (id) UNION SELECT source_file_id"
             " FROM temp.transfer_process AS chosen JOIN main.call_site ON process_id ="
             " chosen.id) ORDER BY path",
         .insert = "INSERT INTO main.source_file (path) VALUES (?) ON CONFLICT (path) DO UPDATE SET"
                   " path = excluded.path RETURNING id",
         .columns = {SURE("path", TEXT)}},
    [TRANSFER_FUNCTION] =
        {.name = "function",
         .has_id = true,
         .select = "SELECT function.id, module_id, source_file_id, line, linkage_name, name FROM"
                   " temp.transfer_function AS chosen JOIN main.function ON function.id = chosen.id"
                   " ORDER BY chosen.number",
         .insert =
             "INSERT INTO main.function (module_id, source_file_id, line, linkage_name, name,"
             " external) VALUES (?1, ?2, ?3, ?4, ?5, ?1 IS NULL) ON CONFLICT (ifnull(module_id,"
             " 0), linkage_name, ifnull(source_file_id, 0), ifnull(line, 0)) DO UPDATE SET"
             " linkage_name = excluded.linkage_name RETURNING id",
         .columns = {MAYBE_ROW("module", MODULE), MAYBE_ROW("source_file", SOURCE_FILE),
                     MAYBE("line", WHOLE), SURE("linkage_name", TEXT), SURE("name", TEXT)}},
    [TRANSFER_PROCESS] =
        {.name = "process",
         .has_id = true,
         .select =
             "SELECT process.id, run_id, profile_key, process_id, parent_process_id, program,"
             " arguments, arguments_cut, started_unix_ns, duration_ns, user_ns, system_ns,"
             " peak_bytes, clock, ticks_per_second, event_ns, timing, sample_ns, timed_inside_ns,"
             " timed_outside_ns, counted_inside_ns, counted_outside_ns, end_ticks, ended,"
             " lost_calls, iif(?1 = 1, '0', content_digest) FROM temp.transfer_process AS chosen "
             "JOIN main.process"
             " ON process.id = chosen.id ORDER BY chosen.number",
         .insert =
             "INSERT INTO main.process (run_id, profile_key, process_id, parent_process_id,"
             " program, arguments, arguments_cut, started_unix_ns, duration_ns, user_ns,"
             " system_ns, peak_bytes, clock, ticks_per_second, event_ns, timing, sample_ns,"
             " timed_inside_ns, timed_outside_ns, counted_inside_ns, counted_outside_ns,"
             " end_ticks, ended, lost_calls, content_digest, first_context_id, last_context_id)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
             " 1, 0)",
         .columns = {ROW("run", RUN),
                     SURE("profile_key", KEY),
                     SURE("process_id", WHOLE),
                     SURE("parent_process_id", WHOLE),
                     SURE("program", TEXT),
                     SURE("arguments", ARGUMENTS),
                     SURE("arguments_cut", FLAG),
                     SURE("started_unix_ns", WHOLE),
                     SURE("duration_ns", COUNT),
                     MAYBE("user_ns", COUNT),
                     MAYBE("system_ns", COUNT),
                     MAYBE("peak_bytes", WHOLE),
                     SURE("clock", TEXT),
                     MAYBE("ticks_per_second", REAL),
                     MAYBE("event_ns", REAL),
                     SURE("timing", TEXT),
                     MAYBE("sample_ns", WHOLE),
                     MAYBE("timed_inside_ns", REAL),
                     MAYBE("timed_outside_ns", REAL),
                     MAYBE("counted_inside_ns", REAL),
                     MAYBE("counted_outside_ns", REAL),
                     SURE("end_ticks", WHOLE),
                     SURE("ended", FLAG),
                     SURE("lost_calls", COUNT),
                     SURE("content_digest", KEY)}},
    [TRANSFER_THREAD] =
        {.name = "thread",
         .has_id = true,
         .select =
             "SELECT thread.id, process_id, thread.number, system_id, name, threads, lifetime_ns"
             " FROM temp.transfer_process AS chosen JOIN main.thread ON process_id = chosen.id"
             " ORDER BY chosen.number, thread.number",
         .insert = "INSERT INTO main.thread (process_id, number, system_id, name, threads,"
                   " lifetime_ns) VALUES (?, ?, ?, ?, ?, ?)",
         .columns = {ROW("process", PROCESS), SURE("number", WHOLE), SURE("system_id", WHOLE),
                     SURE("name", TEXT), SURE("threads", COUNT), SURE("lifetime_ns", COUNT)}},
    [TRANSFER_CONTEXT] =
        {.name = "context",
         .has_id = true,
         .select = "SELECT context.id, thread_id, parent_id, function_id, depth, folded, inlined,"
                   " nested, calls, self_ticks, raw_self_ns, self_ns, cumulative_ns FROM"
                   " temp.transfer_process AS chosen JOIN main.context ON context.id BETWEEN"
                   " chosen.first_context_id AND chosen.last_context_id WHERE depth <= ?1 ORDER BY"
                   " chosen.number, context.id",
         .insert =
             "INSERT INTO main.context (thread_id, parent_id, function_id, depth, folded,"
             " inlined, nested, calls, self_ticks, raw_self_ns, self_ns, cumulative_ns) VALUES"
             " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("thread", THREAD), MAYBE_ROW("parent", CONTEXT),
                     MAYBE_ROW("function", FUNCTION), SURE("depth", WHOLE), SURE("folded", FLAG),
                     SURE("inlined", FLAG), SURE("nested", FLAG), SURE("calls", COUNT),
                     SURE("self_ticks", WHOLE), SURE("raw_self_ns", COUNT), SURE("self_ns", COUNT),
                     SURE("cumulative_ns", WHOLE)}},
    [TRANSFER_CROSS_CALL] =
        {.name = "cross_call",
         .select = "SELECT context_id, caller_context_id, calls, recursive_calls FROM"
                   " temp.transfer_process AS chosen JOIN main.cross_call ON context_id BETWEEN"
                   " chosen.first_context_id AND chosen.last_context_id WHERE ?1 > 1 ORDER BY"
                   " chosen.number, context_id, caller_context_id",
         .insert = "INSERT INTO main.cross_call (context_id, caller_context_id, calls,"
                   " recursive_calls) VALUES (?, ?, ?, ?)",
         .columns = {ROW("context", CONTEXT), ROW("caller_context", CONTEXT), SURE("calls", COUNT),
                     SURE("recursive_calls", COUNT)}},
    [TRANSFER_ESTIMATE] =
        {.name = "estimate",
         .select =
             "SELECT context_id, samples, hook_samples, counted, timed_calls, timed_self_ticks,"
             " self_error_ns, cumulative_error_ns FROM temp.transfer_process AS chosen JOIN"
             " main.estimate ON context_id BETWEEN chosen.first_context_id AND"
             " chosen.last_context_id WHERE ?1 > 1 ORDER BY chosen.number, context_id",
         .insert =
             "INSERT INTO main.estimate (context_id, samples, hook_samples, counted,"
             " timed_calls, timed_self_ticks, self_error_ns, cumulative_error_ns) VALUES (?, ?,"
             " ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("context", CONTEXT), SURE("samples", COUNT), SURE("hook_samples", COUNT),
                     SURE("counted", FLAG), SURE("timed_calls", WHOLE),
                     SURE("timed_self_ticks", WHOLE), SURE("self_error_ns", WHOLE),
                     SURE("cumulative_error_ns", WHOLE)}},
    [TRANSFER_DURATION_RANGE] =
        {.name = "duration_range",
         .has_id = true,
         .select = "SELECT range.id, thread_id, function_id, context_id, octave, measured,"
                   " least_ticks, greatest_ticks, " BUCKET(0) ", " BUCKET(1) ", " BUCKET(
                       2) ", " BUCKET(3) ","
                                         " " BUCKET(4) ", " BUCKET(5) ", " BUCKET(6) ", " BUCKET(
                                             7) " FROM temp.transfer_process AS"
                                                " chosen JOIN main.thread ON thread.process_id = "
                                                "chosen.id JOIN main.duration_range"
                                                " AS range ON range.thread_id = thread.id JOIN "
                                                "temp.transfer_function AS called ON"
                                                " called.id = range.function_id WHERE context_id "
                                                "IS NULL OR ?1 > 1 ORDER BY"
                                                " chosen.number, thread.number, called.number, "
                                                "ifnull(context_id, 0), octave,"
                                                " measured, least_ticks, greatest_ticks, range.id",
         .insert = "INSERT INTO main.duration_range (thread_id, function_id, context_id, octave,"
                   " measured, least_ticks, greatest_ticks) VALUES (?, ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("thread", THREAD), ROW("function", FUNCTION),
                     MAYBE_ROW("context", CONTEXT), SURE("octave", WHOLE), SURE("measured", COUNT),
                     SURE("least_ticks", WHOLE), SURE("greatest_ticks", WHOLE),
                     SURE("calls_0", COUNT), SURE("calls_1", COUNT), SURE("calls_2", COUNT),
                     SURE("calls_3", COUNT), SURE("calls_4", COUNT), SURE("calls_5", COUNT),
                     SURE("calls_6", COUNT), SURE("calls_7", COUNT)}},
    [TRANSFER_THREAD_TOTAL] =
        {.name = "thread_total",
         .select =
             "SELECT thread_id, calls, inlined_calls, folded_calls, outside_ns, folded_ns,"
             " self_ns, profiler_ns, samples, hook_samples FROM temp.transfer_process AS chosen"
             " JOIN main.thread ON process_id = chosen.id JOIN main.thread_total ON thread_id ="
             " thread.id ORDER BY chosen.number, thread.number",
         .insert =
             "INSERT INTO main.thread_total (thread_id, calls, inlined_calls, folded_calls,"
             " outside_ns, folded_ns, self_ns, profiler_ns, samples, hook_samples) VALUES (?, ?,"
             " ?, ?, ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("thread", THREAD), SURE("calls", COUNT), SURE("inlined_calls", COUNT),
                     SURE("folded_calls", COUNT), SURE("outside_ns", COUNT),
                     SURE("folded_ns", COUNT), SURE("self_ns", COUNT), SURE("profiler_ns", COUNT),
                     SURE("samples", COUNT), SURE("hook_samples", COUNT)}},
    [TRANSFER_FUNCTION_TOTAL] =
        {.name = "function_total",
         .select =
             "SELECT process_id, function_id, calls, inlined_calls, recursive_calls, self_ns,"
             " cumulative_ns, called_ns, raw_self_ns, self_error_ns, cumulative_error_ns FROM"
             " temp.transfer_process AS chosen JOIN main.function_total ON process_id = chosen.id"
             " JOIN temp.transfer_function AS called ON called.id = function_id ORDER BY"
             " chosen.number, called.number",
         .insert =
             "INSERT INTO main.function_total (process_id, function_id, calls, inlined_calls,"
             " recursive_calls, self_ns, cumulative_ns, called_ns, raw_self_ns, self_error_ns,"
             " cumulative_error_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("process", PROCESS), ROW("function", FUNCTION), SURE("calls", COUNT),
                     SURE("inlined_calls", COUNT), SURE("recursive_calls", COUNT),
                     SURE("self_ns", COUNT), SURE("cumulative_ns", COUNT), SURE("called_ns", COUNT),
                     SURE("raw_self_ns", COUNT), SURE("self_error_ns", COUNT),
                     SURE("cumulative_error_ns", COUNT)}},
    [TRANSFER_EDGE_TOTAL] =
        {.name = "edge_total",
         .select =
             "SELECT process_id, caller_id, callee_id, calls, inlined_calls, recursive_calls,"
             " cumulative_ns, called_ns FROM temp.transfer_process AS chosen JOIN main.edge_total"
             " ON process_id = chosen.id JOIN temp.transfer_function AS caller ON caller.id ="
             " caller_id JOIN temp.transfer_function AS callee ON callee.id = callee_id ORDER BY"
             " chosen.number, caller.number, callee.number",
         .insert =
             "INSERT INTO main.edge_total (process_id, caller_id, callee_id, calls,"
             " inlined_calls, recursive_calls, cumulative_ns, called_ns) VALUES (?, ?, ?, ?, ?,"
             " ?, ?, ?)",
         .columns = {ROW("process", PROCESS), ROW("caller", FUNCTION), ROW("callee", FUNCTION),
                     SURE("calls", COUNT), SURE("inlined_calls", COUNT),
                     SURE("recursive_calls", COUNT), SURE("cumulative_ns", COUNT),
                     SURE("called_ns", COUNT)}},
    [TRANSFER_CALL_SITE] =
        {.name = "call_site",
         .select = "SELECT process_id, caller_id, callee_id, source_file_id, line, kind, through,"
                   " sites, exact FROM temp.transfer_process AS chosen JOIN main.call_site ON"
                   " process_id = chosen.id JOIN temp.transfer_function AS caller ON caller.id ="
                   " caller_id JOIN temp.transfer_function AS callee ON callee.id = callee_id JOIN"
                   " main.source_file ON source_file.id = source_file_id ORDER BY chosen.number,"
                   " caller.number, callee.number, path, line",
         .insert = "INSERT INTO main.call_site (process_id, caller_id, callee_id, source_file_id,"
                   " line, kind, through, sites, exact) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
         .columns = {ROW("process", PROCESS), ROW("caller", FUNCTION), ROW("callee", FUNCTION),
                     ROW("source_file", SOURCE_FILE), SURE("line", WHOLE), SURE("kind", TEXT),
                     MAYBE("through", TEXT), SURE("sites", WHOLE), SURE("exact", FLAG)}},
    [TRANSFER_FUNCTION_CODE] =
        {.name = "function_code",
         .select =
             "SELECT process_id, function_id, fingerprint FROM temp.transfer_process AS chosen"
             " JOIN main.function_code ON process_id = chosen.id JOIN temp.transfer_function AS"
             " called ON called.id = function_id ORDER BY chosen.number, called.number",
         .insert =
             "INSERT INTO main.function_code (process_id, function_id, fingerprint) VALUES (?,"
             " ?, ?)",
         .columns = {ROW("process", PROCESS), ROW("function", FUNCTION),
                     SURE("fingerprint", HASH)}},
};

size_t transfer_column_count(const struct transfer_shape *shape)
{
    size_t count = 0;
    while (count < TRANSFER_COLUMNS && shape->columns[count].name)
        count++;
    return count;
}
