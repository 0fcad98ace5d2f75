/* A process and its run, and what happens to an earlier state of it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load_steps.h"
#include "text.h"

static const char *arguments_as_json(struct loader *loader)
{
    const struct profinst_header *header = &loader->profile->header;
    json_t *array = json_array();
    for (uint32_t at = 0; at < header->arguments_size;) {
        const char *argument =
            header->arguments + at; /* ends: the reader has checked the last byte */
        json_array_append_new(array, json_string(load_text(loader, argument)));
        at += (uint32_t)strlen(argument) + 1;
    }
    char *dump = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    if (!dump)
        out_of_memory();
    const char *result = pool_copy(&loader->pool, dump);
    free(dump);
    return result;
}

static const char *clock_name(uint32_t clock)
{
    return clock == PROFINST_CLOCK_TSC      ? "tsc"
           : clock == PROFINST_CLOCK_CNTVCT ? "cntvct"
                                            : "monotonic";
}

static const char *timing_name(uint32_t timing)
{
    return timing == PROFINST_TIMING_EXACT  ? "exact"
           : timing == PROFINST_TIMING_AUTO ? "auto"
                                            : "counts";
}

/* SQLite's integers are signed; what does not fit is no sensible value. */
static sqlite3_int64 whole(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value;
}

static enum status add_run(struct loader *loader)
{
    sqlite3_stmt *statement;
    const struct profinst_header *header = &loader->profile->header;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO run (run_key) VALUES (?)"
        " ON CONFLICT (run_key) DO UPDATE SET run_key = excluded.run_key RETURNING id",
        &statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(statement, 1,
                       text_hex(&loader->pool, header->run_id, sizeof header->run_id));
    status = load_run_for_id(loader, statement, &loader->run);
    sqlite3_finalize(statement);
    return status;
}

static const char *digest_text(struct loader *loader)
{
    return pool_format(&loader->pool, "%016llx", (unsigned long long)loader->profile->digest);
}

/* NULL of 0. */
static void bind_known(sqlite3_stmt *statement, int parameter, double value)
{
    if (value > 0)
        sqlite3_bind_double(statement, parameter, value);
    else
        sqlite3_bind_null(statement, parameter);
}

/* From the start to what was noted last, which is the end if the process ended. More than 146 years
 * are no sensible value, and could not be summed up. */
static void bind_usage(sqlite3_stmt *statement, int parameter, const struct profinst_header *header)
{
    const uint64_t longest = UINT64_C(1) << 62;
    const struct profinst_usage start = header->start_usage, latest = profinst_latest_usage(header);
    const uint64_t user = latest.user_ns - start.user_ns;
    const uint64_t system = latest.system_ns - start.system_ns;
    const bool noted = (start.user_ns > 0 || start.system_ns > 0) && (user > 0 || system > 0);
    if (noted && user <= longest && system <= longest) {
        sqlite3_bind_int64(statement, parameter, (sqlite3_int64)user);
        sqlite3_bind_int64(statement, parameter + 1, (sqlite3_int64)system);
    } else {
        sqlite3_bind_null(statement, parameter);
        sqlite3_bind_null(statement, parameter + 1);
    }
    if (latest.peak_bytes > start.peak_bytes)
        sqlite3_bind_int64(statement, parameter + 2, whole(latest.peak_bytes));
    else
        sqlite3_bind_null(statement, parameter + 2);
}

static enum status add_process(struct loader *loader, size_t contexts)
{
    const struct profile *profile = loader->profile;
    const struct profinst_header *header = &profile->header;
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO process (run_id, profile_key, process_id, parent_process_id, program,"
        " arguments, arguments_cut, started_unix_ns, duration_ns, user_ns, system_ns, peak_bytes,"
        " clock, ticks_per_second, event_ns, timing, sample_ns, timed_inside_ns, timed_outside_ns,"
        " counted_inside_ns, counted_outside_ns, end_ticks, ended, lost_calls, content_digest,"
        " first_context_id, last_context_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " RETURNING id",
        &statement);
    if (status != STATUS_OK)
        return status;
    int column = 0;
    sqlite3_bind_int64(statement, ++column, loader->run);
    database_bind_text(statement, ++column,
                       text_hex(&loader->pool, header->profile_id, sizeof header->profile_id));
    sqlite3_bind_int64(statement, ++column, header->process_id);
    sqlite3_bind_int64(statement, ++column, header->parent_process_id);
    database_bind_text(statement, ++column, load_text(loader, header->program));
    database_bind_text(statement, ++column, arguments_as_json(loader));
    sqlite3_bind_int64(statement, ++column, header->arguments_cut != 0);
    sqlite3_bind_int64(statement, ++column, whole(header->start_unix_ns));
    sqlite3_bind_int64(statement, ++column, profile->duration_ns);
    bind_usage(statement, column + 1, header);
    column += 3;
    database_bind_text(statement, ++column, clock_name(header->clock));
    bind_known(statement, ++column, profile->ticks_per_second);
    bind_known(statement, ++column, profile->event_ns);
    database_bind_text(statement, ++column, timing_name(header->timing));
    bind_known(statement, ++column, header->sample_ns);
    bind_known(statement, ++column, header->timed.inside / 1024.0 * profile->ns_per_tick);
    bind_known(statement, ++column, header->timed.outside / 1024.0 * profile->ns_per_tick);
    bind_known(statement, ++column, header->counted.inside / 1024.0 * profile->ns_per_tick);
    bind_known(statement, ++column, header->counted.outside / 1024.0 * profile->ns_per_tick);
    sqlite3_bind_int64(statement, ++column, whole(profile->end_ticks));
    sqlite3_bind_int64(statement, ++column, header->ended != 0);
    sqlite3_bind_int64(statement, ++column, whole(header->lost_calls));
    database_bind_text(statement, ++column, digest_text(loader));
    sqlite3_bind_int64(statement, ++column, loader->first_context);
    sqlite3_bind_int64(statement, ++column, loader->first_context + (sqlite3_int64)contexts - 1);
    status = load_run_for_id(loader, statement, &loader->process);
    sqlite3_finalize(statement);
    return status;
}

/* Everything of one process; its run, functions and modules may be others' as well. */
static enum status remove_process(struct loader *loader, sqlite3_int64 process)
{
#define ITS_CONTEXTS                                                                               \
    "(SELECT first_context_id FROM process WHERE id = ?1) AND"                                     \
    " (SELECT last_context_id FROM process WHERE id = ?1)"
    static const char *const steps[] = {
        "DELETE FROM duration WHERE duration_range_id IN (SELECT id FROM duration_range"
        " WHERE thread_id IN (SELECT id FROM thread WHERE process_id = ?1))",
        "DELETE FROM duration_range WHERE thread_id IN"
        " (SELECT id FROM thread WHERE process_id = ?1)",
        "DELETE FROM estimate WHERE context_id BETWEEN " ITS_CONTEXTS,
        "DELETE FROM function_total WHERE process_id = ?1",
        "DELETE FROM call_site WHERE process_id = ?1",
        "DELETE FROM function_code WHERE process_id = ?1",
        "DELETE FROM edge_total WHERE process_id = ?1",
        "DELETE FROM thread_total WHERE thread_id IN"
        " (SELECT id FROM thread WHERE process_id = ?1)",
        "DELETE FROM cross_call WHERE context_id BETWEEN " ITS_CONTEXTS,
        "DELETE FROM context WHERE id BETWEEN " ITS_CONTEXTS,
        "DELETE FROM thread WHERE process_id = ?1",
        "DELETE FROM process WHERE id = ?1",
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof steps / sizeof *steps; i++) {
        sqlite3_stmt *statement;
        status = database_prepare(loader->database, steps[i], &statement);
        if (status != STATUS_OK)
            break;
        sqlite3_bind_int64(statement, 1, process);
        status = database_run(loader->database, statement);
        sqlite3_finalize(statement);
    }
    return status;
}

/* Is a state of this profile there, and does it make way? A process only ever adds to its profile,
 * so the state that ended, or else that ends later, is the newer one. */
enum status load_make_way(struct loader *loader, enum load_outcome *outcome)
{
    const struct profile *profile = loader->profile;
    const struct profinst_header *header = &profile->header;
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        loader->database,
        "SELECT id, content_digest = ?2 OR ended > ?3 OR (ended = ?3 AND end_ticks > ?4)"
        " FROM process WHERE profile_key = ?1",
        &statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(statement, 1,
                       text_hex(&loader->pool, header->profile_id, sizeof header->profile_id));
    database_bind_text(statement, 2, digest_text(loader));
    sqlite3_bind_int64(statement, 3, header->ended != 0);
    sqlite3_bind_int64(statement, 4, whole(profile->end_ticks));
    bool row;
    status = database_step(loader->database, statement, &row);
    sqlite3_int64 former = row ? sqlite3_column_int64(statement, 0) : 0;
    bool stays = row && sqlite3_column_int(statement, 1);
    sqlite3_finalize(statement);
    if (status != STATUS_OK)
        return status;

    *outcome = !row ? LOAD_NEW : stays ? LOAD_ALREADY : LOAD_REPLACED;
    return *outcome == LOAD_REPLACED ? remove_process(loader, former) : STATUS_OK;
}

/* The contexts of a process have ids one after another. */
static enum status find_first_context(struct loader *loader)
{
    sqlite3_stmt *statement;
    enum status status =
        database_prepare(loader->database, "SELECT ifnull(max(id), 0) FROM context", &statement);
    if (status != STATUS_OK)
        return status;
    status = load_run_for_id(loader, statement, &loader->first_context);
    loader->first_context = database_sum(loader->first_context, 1);
    sqlite3_finalize(statement);
    return status;
}

enum status load_process(struct loader *loader, size_t contexts)
{
    enum status status = find_first_context(loader);
    if (status == STATUS_OK)
        status = add_run(loader);
    if (status == STATUS_OK)
        status = add_process(loader, contexts);
    return status;
}
