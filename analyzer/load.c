#include "load_steps.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static const char *text(struct loader *loader, const char *bytes)
{
    return text_valid(&loader->pool, bytes);
}

/* Runs a statement that returns an id. */
static enum status run_for_id(struct loader *loader, sqlite3_stmt *statement, sqlite3_int64 *id)
{
    bool row;
    enum status status = database_step(loader->database, statement, &row);
    if (status == STATUS_OK && row)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return status;
}

static const char *hex(struct loader *loader, const uint8_t *bytes, size_t size)
{
    char *result = pool_take(&loader->pool, 2 * size + 1);
    for (size_t i = 0; i < size; i++)
        sprintf(result + 2 * i, "%02x", bytes[i]);
    return result;
}

static const char *arguments_as_json(struct loader *loader)
{
    const struct profinst_header *header = &loader->profile->header;
    json_t *array = json_array();
    for (uint32_t at = 0; at < header->arguments_size;) {
        const char *argument =
            header->arguments + at; /* ends: the reader has checked the last byte */
        json_array_append_new(array, json_string(text(loader, argument)));
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
    database_bind_text(statement, 1, hex(loader, header->run_id, sizeof header->run_id));
    status = run_for_id(loader, statement, &loader->run);
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

static enum status add_process(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    const struct profinst_header *header = &profile->header;
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO process (run_id, profile_key, process_id, parent_process_id, program,"
        " arguments, arguments_cut, started_unix_ns, duration_ns, clock, ticks_per_second, "
        "event_ns,"
        " timing, sample_ns, timed_inside_ns, timed_outside_ns, counted_inside_ns,"
        " counted_outside_ns, end_ticks, ended, lost_calls, content_digest, first_context_id, "
        "last_context_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        &statement);
    if (status != STATUS_OK)
        return status;
    int column = 0;
    sqlite3_bind_int64(statement, ++column, loader->run);
    database_bind_text(statement, ++column,
                       hex(loader, header->profile_id, sizeof header->profile_id));
    sqlite3_bind_int64(statement, ++column, header->process_id);
    sqlite3_bind_int64(statement, ++column, header->parent_process_id);
    database_bind_text(statement, ++column, text(loader, header->program));
    database_bind_text(statement, ++column, arguments_as_json(loader));
    sqlite3_bind_int64(statement, ++column, header->arguments_cut != 0);
    sqlite3_bind_int64(statement, ++column, whole(header->start_unix_ns));
    sqlite3_bind_int64(statement, ++column, profile->duration_ns);
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
    sqlite3_bind_int64(statement, ++column,
                       loader->first_context + (sqlite3_int64)loader->context_count - 1);
    status = run_for_id(loader, statement, &loader->process);
    sqlite3_finalize(statement);
    return status;
}

static enum status add_modules(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    sqlite3_stmt *statement;
    enum status status =
        database_prepare(loader->database,
                         "INSERT INTO module (path, name) VALUES (?, ?)"
                         " ON CONFLICT (path) DO UPDATE SET name = excluded.name RETURNING id",
                         &statement);
    if (status != STATUS_OK)
        return status;
    loader->modules = memory_array(profile->object_count, sizeof *loader->modules);
    for (size_t i = 0; status == STATUS_OK && i < profile->object_count; i++) {
        const char *path = text(loader, profile->objects[i]);
        database_bind_text(statement, 1, path);
        database_bind_text(statement, 2, text_base_name(path));
        status = run_for_id(loader, statement, &loader->modules[i]);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum status add_sources(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    sqlite3_stmt *statement;
    enum status status =
        database_prepare(loader->database,
                         "INSERT INTO source_file (path) VALUES (?)"
                         " ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id",
                         &statement);
    if (status != STATUS_OK)
        return status;
    loader->sources = memory_array(profile->source_count, sizeof *loader->sources);
    for (size_t i = 0; status == STATUS_OK && i < profile->source_count; i++) {
        database_bind_text(statement, 1, text(loader, profile->sources[i]));
        status = run_for_id(loader, statement, &loader->sources[i]);
    }
    sqlite3_finalize(statement);
    return status;
}

static void bind_id_or_null(sqlite3_stmt *statement, int parameter, const sqlite3_int64 *ids,
                            profile_index index)
{
    if (index == PROFILE_NONE)
        sqlite3_bind_null(statement, parameter);
    else
        sqlite3_bind_int64(statement, parameter, ids[index]);
}

static enum status add_functions(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO function (module_id, source_file_id, line, linkage_name, name, external)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (ifnull(module_id, 0), linkage_name, ifnull(source_file_id, 0),"
        " ifnull(line, 0))"
        " DO UPDATE SET name = excluded.name RETURNING id",
        &statement);
    if (status != STATUS_OK)
        return status;
    loader->functions = memory_array(profile->function_count, sizeof *loader->functions);
    for (size_t i = 0; status == STATUS_OK && i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        const char *linkage_name = text(loader, function->linkage_name);
        bind_id_or_null(statement, 1, loader->modules, function->object);
        bind_id_or_null(statement, 2, loader->sources, function->source);
        if (function->line)
            sqlite3_bind_int64(statement, 3, function->line);
        else
            sqlite3_bind_null(statement, 3);
        database_bind_text(statement, 4, linkage_name);
        database_bind_text(statement, 5,
                           function->name ? text(loader, function->name)
                                          : load_demangle(&loader->pool, linkage_name));
        sqlite3_bind_int(statement, 6, function->object == PROFILE_NONE);
        status = run_for_id(loader, statement, &loader->functions[i]);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum status add_threads(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO thread (process_id, number, system_id, name, threads, lifetime_ns)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        &statement);
    if (status != STATUS_OK)
        return status;
    loader->threads = memory_array(profile->thread_count, sizeof *loader->threads);
    for (size_t i = 0; status == STATUS_OK && i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        sqlite3_bind_int64(statement, 1, loader->process);
        sqlite3_bind_int64(statement, 2, thread->raw.number);
        sqlite3_bind_int64(statement, 3, thread->raw.system_id);
        database_bind_text(statement, 4, text(loader, thread->raw.name));
        sqlite3_bind_int64(statement, 5, thread->raw.threads);
        sqlite3_bind_int64(statement, 6, thread->lifetime_ns);
        status = run_for_id(loader, statement, &loader->threads[i]);
    }
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
static enum status make_way(struct loader *loader, enum load_outcome *outcome)
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
    database_bind_text(statement, 1, hex(loader, header->profile_id, sizeof header->profile_id));
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
    status = run_for_id(loader, statement, &loader->first_context);
    loader->first_context = database_sum(loader->first_context, 1);
    sqlite3_finalize(statement);
    return status;
}

static enum status add_everything(struct loader *loader, bool contexts)
{
    loader->context_count = loader->profile->context_count;
    if (!contexts)
        load_choose_starts(loader);
    enum status status = find_first_context(loader);
    if (status == STATUS_OK)
        status = add_run(loader);
    if (status == STATUS_OK)
        status = add_process(loader);
    if (status == STATUS_OK)
        status = add_modules(loader);
    if (status == STATUS_OK)
        status = add_sources(loader);
    if (status == STATUS_OK)
        status = add_functions(loader);
    if (status == STATUS_OK)
        status = add_threads(loader);
    if (status == STATUS_OK)
        status = load_totals(loader);
    if (status == STATUS_OK)
        status = load_contexts(loader);
    if (status == STATUS_OK && contexts)
        status = load_estimates(loader);
    if (status == STATUS_OK)
        status = load_durations(loader, contexts);
    return status;
}

static enum status load(struct database *database, const struct profile *profile, bool contexts,
                        enum load_outcome *outcome)
{
    struct loader loader = {.database = database, .profile = profile};
    enum status status = make_way(&loader, outcome);
    if (status == STATUS_OK && *outcome != LOAD_ALREADY)
        status = add_everything(&loader, contexts);
    pool_free(&loader.pool);
    free(loader.modules);
    free(loader.sources);
    free(loader.functions);
    free(loader.threads);
    free(loader.starts);
    return status;
}

enum status load_profile(struct database *database, const struct profile *profile,
                         enum load_outcome *outcome)
{
    return load(database, profile, true, outcome);
}

enum status load_without_contexts(struct database *database, const struct profile *profile)
{
    enum load_outcome outcome;
    return load(database, profile, false, &outcome);
}
