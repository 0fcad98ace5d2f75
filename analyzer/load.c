#include "load_steps.h"

#include <stdlib.h>

#include "progress.h"
#include "text.h"

const char *load_text(struct loader *loader, const char *bytes)
{
    return text_valid(&loader->pool, bytes);
}

enum status load_run_for_id(struct loader *loader, sqlite3_stmt *statement, sqlite3_int64 *id)
{
    bool row;
    enum status status = database_step(loader->database, statement, &row);
    if (status == STATUS_OK && row)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
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
        const char *path = load_text(loader, profile->objects[i]);
        database_bind_text(statement, 1, path);
        database_bind_text(statement, 2, text_base_name(path));
        status = load_run_for_id(loader, statement, &loader->modules[i]);
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
        database_bind_text(statement, 1, load_text(loader, profile->sources[i]));
        status = load_run_for_id(loader, statement, &loader->sources[i]);
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
        const char *linkage_name = load_text(loader, function->linkage_name);
        bind_id_or_null(statement, 1, loader->modules, function->object);
        bind_id_or_null(statement, 2, loader->sources, function->source);
        if (function->line)
            sqlite3_bind_int64(statement, 3, function->line);
        else
            sqlite3_bind_null(statement, 3);
        database_bind_text(statement, 4, linkage_name);
        database_bind_text(statement, 5,
                           function->name ? load_text(loader, function->name)
                                          : load_demangle(&loader->pool, linkage_name));
        sqlite3_bind_int(statement, 6, function->object == PROFILE_NONE);
        status = load_run_for_id(loader, statement, &loader->functions[i]);
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
        database_bind_text(statement, 4, load_text(loader, thread->raw.name));
        sqlite3_bind_int64(statement, 5, thread->raw.threads);
        sqlite3_bind_int64(statement, 6, thread->lifetime_ns);
        status = load_run_for_id(loader, statement, &loader->threads[i]);
    }
    sqlite3_finalize(statement);
    return status;
}

/* What the plugin noted. */
static enum status add_noted(struct loader *loader, const struct totals *totals,
                             struct load_parts parts)
{
    struct unit_set units;
    enum status noted = units_open(&units, loader->profile, !parts.sites);
    enum status status = parts.sites ? noted : STATUS_OK;
    if (noted == STATUS_OK && parts.fingerprints)
        status = load_fingerprints(loader, &units, totals);
    if (status == STATUS_OK && parts.sites)
        status = load_sites(loader, &units, totals);
    units_close(&units);
    return status;
}

static enum status add_totals(struct loader *loader, struct load_parts parts)
{
    struct totals totals = totals_of(loader->profile);
    enum status status = load_totals(loader, &totals);
    if (status == STATUS_OK && (parts.sites || parts.fingerprints))
        status = add_noted(loader, &totals, parts);
    totals_free(&totals);
    return status;
}

static enum status add_everything(struct loader *loader, struct load_parts parts)
{
    loader->context_count = loader->profile->context_count;
    if (!parts.contexts)
        load_choose_starts(loader);
    progress_file_part(0.5, 0.5); /* what is named is soon there */
    enum status status = load_process(loader, loader->context_count);
    if (status == STATUS_OK)
        status = add_modules(loader);
    if (status == STATUS_OK)
        status = add_sources(loader);
    if (status == STATUS_OK)
        status = add_functions(loader);
    if (status == STATUS_OK)
        status = add_threads(loader);
    progress_file_part(0.5, 0.6); /* about, where there are many contexts */
    if (status == STATUS_OK)
        status = add_totals(loader, parts);
    progress_file_part(0.6, 0.8);
    if (status == STATUS_OK)
        status = load_contexts(loader);
    progress_file_part(0.8, 0.9);
    if (status == STATUS_OK && parts.contexts)
        status = load_estimates(loader);
    progress_file_part(0.9, 0.95);
    if (status == STATUS_OK)
        status = load_durations(loader, parts.contexts);
    return status;
}

enum status load_profile(struct database *database, const struct profile *profile,
                         struct load_parts parts, enum load_outcome *outcome)
{
    struct loader loader = {.database = database, .profile = profile};
    enum status status = load_make_way(&loader, outcome);
    if (status == STATUS_OK && *outcome != LOAD_ALREADY)
        status = add_everything(&loader, parts);
    pool_free(&loader.pool);
    free(loader.modules);
    free(loader.sources);
    free(loader.functions);
    free(loader.threads);
    free(loader.starts);
    return status;
}
