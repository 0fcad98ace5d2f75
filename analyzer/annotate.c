#include "annotate.h"

#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "nearest.h"
#include "text.h"

/* The view is worked out once, and every file asks it. */
static const char prepare_sql[] =
    "DROP TABLE IF EXISTS temp.annotated_call;"
    "CREATE TEMP TABLE annotated_call AS SELECT * FROM call_sites;"
    "CREATE INDEX temp.annotated_call_of_edge ON annotated_call (caller_id, callee_id);"
    "CREATE INDEX temp.annotated_call_of_file ON annotated_call (file, line);";

static const char total_sql[] =
    "SELECT (SELECT sum(timed_ns) FROM threads), min(started_unix_ns),"
    " ifnull(max(timing <> 'counts'), 0), EXISTS (SELECT 1 FROM temp.annotated_call)"
    " FROM processes";

static const char files_sql[] =
    "SELECT file, max(self_ns) FROM (SELECT file, sum(self_ns) AS self_ns FROM functions"
    " WHERE file IS NOT NULL GROUP BY file"
    " UNION ALL SELECT DISTINCT file, 0 FROM temp.annotated_call) GROUP BY file"
    " ORDER BY 2 DESC, file";

static const char functions_sql[] =
    "SELECT function_id, name, linkage_name, module, ifnull(line, 0), calls, inlined_calls,"
    " recursive_calls, self_ns, cumulative_ns, self_error_ns, cumulative_error_ns, below_noise"
    " FROM functions WHERE file = ? ORDER BY line, cumulative_ns DESC, name, linkage_name, module";

/* ?2: lines that an edge may have without being told at all of them. */
#define IS_TOLD "(site.kind = 'direct' OR site.sites <= ?2)"
static const char calls_sql[] =
    "SELECT line, caller_id, caller, callee, kind, through, calls, inlined_calls, cumulative_ns,"
    " sites, exact, external FROM temp.annotated_call AS site WHERE file = ?1 AND " IS_TOLD
    " UNION ALL"
    " SELECT 0, caller_id, caller, callee, NULL, NULL, calls, inlined_calls, cumulative_ns, 0, 0,"
    " external FROM edges WHERE caller_id IN (SELECT function_id FROM functions WHERE file = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM temp.annotated_call AS site"
    "  WHERE site.caller_id = edges.caller_id AND site.callee_id = edges.callee_id AND " IS_TOLD ")"
    " ORDER BY 1, cumulative_ns DESC, calls DESC, callee, caller";

/* ---- a file ------------------------------------------------------------------------------- */

static enum status prepare(struct database *database, const char *sql, const char *path,
                           sqlite3_stmt **statement)
{
    enum status status = database_prepare(database, sql, statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(*statement, 1, path);
    if (sqlite3_bind_parameter_count(*statement) == 2)
        sqlite3_bind_int(*statement, 2, ANNOTATE_MOST_VAGUE);
    return STATUS_OK;
}

static enum status query_functions(struct annotation *annotation, struct database *database,
                                   struct annotated_file *file)
{
    struct pool *pool = &annotation->pool;
    sqlite3_stmt *row;
    bool more;
    size_t capacity = 0;
    enum status status = prepare(database, functions_sql, file->path, &row);
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        file->functions =
            memory_grow(file->functions, &capacity, file->function_count, sizeof *file->functions);
        file->functions[file->function_count++] = (struct annotated_function){
            .id = sqlite3_column_int64(row, 0),
            .name = database_text(pool, row, 1),
            .linkage_name = database_text(pool, row, 2),
            .module = database_text(pool, row, 3),
            .line = sqlite3_column_int64(row, 4),
            .calls = sqlite3_column_int64(row, 5),
            .inlined_calls = sqlite3_column_int64(row, 6),
            .recursive_calls = sqlite3_column_int64(row, 7),
            .self_ns = sqlite3_column_int64(row, 8),
            .cumulative_ns = sqlite3_column_int64(row, 9),
            .self_error_ns = sqlite3_column_int64(row, 10),
            .cumulative_error_ns = sqlite3_column_int64(row, 11),
            .below_noise = sqlite3_column_int(row, 12),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_calls(struct annotation *annotation, struct database *database,
                               struct annotated_file *file)
{
    struct pool *pool = &annotation->pool;
    sqlite3_stmt *row;
    bool more;
    size_t capacity = 0;
    enum status status = prepare(database, calls_sql, file->path, &row);
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        file->calls = memory_grow(file->calls, &capacity, file->call_count, sizeof *file->calls);
        file->calls[file->call_count++] = (struct annotated_call){
            .line = sqlite3_column_int64(row, 0),
            .caller_id = sqlite3_column_int64(row, 1),
            .caller = database_text(pool, row, 2),
            .callee = database_text(pool, row, 3),
            .kind = database_known_text(pool, row, 4),
            .through = database_known_text(pool, row, 5),
            .calls = sqlite3_column_int64(row, 6),
            .inlined_calls = sqlite3_column_int64(row, 7),
            .cumulative_ns = sqlite3_column_int64(row, 8),
            .sites = sqlite3_column_int64(row, 9),
            .exact = sqlite3_column_int(row, 10),
            .external = sqlite3_column_int(row, 11),
        };
    }
    sqlite3_finalize(row);
    return status;
}

/* A new file, of which all lines are shown. */
static enum status add_file(struct annotation *annotation, struct database *database,
                            const char *path)
{
    annotation->files = memory_grow(annotation->files, &annotation->file_capacity,
                                    annotation->file_count, sizeof *annotation->files);
    struct annotated_file *file = &annotation->files[annotation->file_count++];
    *file = (struct annotated_file){
        .path = pool_copy(&annotation->pool, path), .first = 1, .last = INT64_MAX};
    enum status status = query_functions(annotation, database, file);
    return status == STATUS_OK ? query_calls(annotation, database, file) : status;
}

/* ---- what was asked for ------------------------------------------------------------------- */

static bool fits(const char *path, const char *what)
{
    const size_t length = strlen(path), rest = strlen(what);
    return strcmp(path, what) == 0 || (length > rest && path[length - rest - 1] == '/' &&
                                       strcmp(path + length - rest, what) == 0);
}

static enum status add_files(struct annotation *annotation, struct database *database,
                             const char *what, const char **nearest)
{
    sqlite3_stmt *row;
    bool more;
    size_t distance = SIZE_MAX;
    enum status status = database_prepare(database, files_sql, &row);
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        const char *path = database_text(&annotation->pool, row, 0);
        const char *name = text_base_name(path);
        if (fits(path, what))
            status = add_file(annotation, database, path);
        else if (nearest_is_slip(what, name) && nearest_distance(what, name) < distance) {
            *nearest = name;
            distance = nearest_distance(what, name);
        }
    }
    sqlite3_finalize(row);
    return status;
}

/* What can be no function: a path, or a name with the ending of a source. */
static bool is_like_a_file(const char *what)
{
    static const char *const endings[] = {"c",   "h",   "cc",  "cpp", "cxx", "c++", "C", "hh",
                                          "hpp", "hxx", "inc", "inl", "ipp", "def", NULL};
    const char *dot = strrchr(what, '.');
    if (strchr(what, '(') || strchr(what, '<'))
        return false;
    for (size_t i = 0; dot && endings[i]; i++)
        if (strcmp(dot + 1, endings[i]) == 0)
            return true;
    return strchr(what, '/') != NULL;
}

static enum status no_file(const char *what, const char *nearest)
{
    if (nearest)
        return fail(STATUS_USAGE, "annotate", what,
                    "no function was called in such a file; did you mean '%s'?", nearest);
    return fail(STATUS_USAGE, "annotate", what,
                "no function was called in such a file; 'profinst report --by=file' shows in which "
                "there were");
}

/* The line before the next function, or that of the last call that the function makes: functions
 * that stand in it, like lambdas, are part of it. */
static int64_t end_of(const struct annotated_file *file, const struct annotated_function *function)
{
    int64_t last_call = function->line, end = INT64_MAX;
    for (size_t i = 0; i < file->call_count; i++)
        if (file->calls[i].caller_id == function->id && file->calls[i].line > last_call)
            last_call = file->calls[i].line;
    for (size_t i = file->function_count; i-- > 0 && file->functions[i].line > last_call;)
        end = file->functions[i].line - 1;
    return end;
}

/* False if its lines are shown already: of instances of a template, say. */
static bool restrict_to(struct annotated_file *file, const struct annotated_file *all, size_t count,
                        int64_t id)
{
    const struct annotated_function *function = file->functions;
    while (function->id != id)
        function++;
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].path, file->path) == 0 && all[i].first == function->line)
            return false;
    file->first = function->line;
    file->last = end_of(file, function);
    file->function = function->name;
    return true;
}

static void forget_file(struct annotated_file *file)
{
    free(file->functions);
    free(file->calls);
    source_text_free(&file->text);
}

static enum status add_function(struct annotation *annotation, struct database *database,
                                int64_t id)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT file FROM functions WHERE function_id = ? AND file IS NOT NULL AND line > 0", &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, id);
    status = database_step(database, row, &more);
    if (status == STATUS_OK && more)
        status = add_file(annotation, database, database_text(&annotation->pool, row, 0));
    sqlite3_finalize(row);
    if (status != STATUS_OK || !more)
        return status;
    struct annotated_file *file = &annotation->files[annotation->file_count - 1];
    if (!restrict_to(file, annotation->files, annotation->file_count - 1, id)) {
        forget_file(file);
        annotation->file_count--;
    }
    return STATUS_OK;
}

static enum status add_functions(struct annotation *annotation, struct database *database,
                                 const char *what)
{
    struct found found;
    enum status status = find_functions(database, "annotate", NULL, what, &found);
    for (size_t i = 0; status == STATUS_OK && i < found.count; i++)
        status = add_function(annotation, database, found.ids[i]);
    free(found.ids);
    if (status == STATUS_OK && annotation->file_count == 0)
        return fail(STATUS_INPUT, "annotate", what,
                    "its source is not known: it is not part of the build, or was compiled from "
                    "something else than C or C++ without -g");
    return status;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum status query_totals(struct annotation *annotation, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, total_sql, &row);
    if (status == STATUS_OK)
        status = database_step(database, row, &more);
    if (status == STATUS_OK && more) {
        annotation->total_ns = sqlite3_column_int64(row, 0);
        annotation->started_unix_ns = sqlite3_column_int64(row, 1);
        annotation->has_times = sqlite3_column_int(row, 2);
        annotation->has_sites = sqlite3_column_int(row, 3);
    }
    sqlite3_finalize(row);
    return status;
}

enum status annotate_query(struct annotation *annotation, struct database *database,
                           const char *what)
{
    *annotation = (struct annotation){0};
    const char *nearest = NULL;
    enum status status = database_execute(database, prepare_sql);
    if (status == STATUS_OK)
        status = query_totals(annotation, database);
    if (status == STATUS_OK)
        status = add_files(annotation, database, what, &nearest);
    if (status != STATUS_OK || annotation->file_count > 0)
        return status;
    return is_like_a_file(what) ? no_file(what, nearest)
                                : add_functions(annotation, database, what);
}

enum status annotate_read_sources(struct annotation *annotation, const char *const *folders,
                                  size_t folder_count)
{
    for (size_t i = 0; i < annotation->file_count; i++) {
        struct annotated_file *file = &annotation->files[i];
        enum status status =
            source_text_open(&file->text, &annotation->pool, file->path, folders, folder_count);
        if (status != STATUS_OK)
            return status;
        if (file->text.changed_unix_ns > annotation->started_unix_ns)
            warn("source has changed", file->text.path,
                 "since the program ran; what is said of its lines may be of others");
    }
    return STATUS_OK;
}

void annotate_free(struct annotation *annotation)
{
    for (size_t i = 0; i < annotation->file_count; i++)
        forget_file(&annotation->files[i]);
    free(annotation->files);
    pool_free(&annotation->pool);
}
