/* Which runs of a database belong to a history, and at which points. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "text.h"

/* Runs from the oldest on; of those in several series, as a saved baseline makes them, in the
 * first. */
static const char runs_sql[] =
    "SELECT runs.id, runs.program, runs.started_unix_ns, runs.duration_ns, runs.timed_ns > 0,"
    " ifnull(series.id, 0), series.name, series.started_unix_ns, home.wall_ns,"
    " home.signal IS NOT NULL, fact.git_commit, fact.git_branch, fact.git_dirty, fact.cpu,"
    " (SELECT iif(json_valid(arguments), json_remove(arguments, '$[0]'), arguments)"
    "  FROM process WHERE run_id = runs.id"
    "  ORDER BY started_unix_ns, process_id, id LIMIT 1)"
    " FROM runs"
    " LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY run_id ORDER BY series_id, number) AS "
    "nth"
    "  FROM series_run WHERE run_id IS NOT NULL) AS home ON home.run_id = runs.id AND home.nth = 1"
    " LEFT JOIN series ON series.id = home.series_id"
    " LEFT JOIN (SELECT series_id, max(value) FILTER (WHERE name = 'git.commit') AS git_commit,"
    "  max(value) FILTER (WHERE name = 'git.branch') AS git_branch,"
    "  max(value) FILTER (WHERE name = 'git.dirty') AS git_dirty,"
    "  max(value) FILTER (WHERE name = 'machine.cpu') AS cpu"
    "  FROM series_fact GROUP BY series_id) AS fact ON fact.series_id = series.id"
    " ORDER BY ifnull(series.started_unix_ns, runs.started_unix_ns), ifnull(series.id, 0),"
    " home.number, runs.id";
enum column {
    RUN_ID,
    RUN_PROGRAM,
    RUN_STARTED,
    RUN_DURATION,
    RUN_TIMED,
    SERIES_ID,
    SERIES_NAME,
    SERIES_STARTED,
    RUN_WALL,
    RUN_KILLED,
    GIT_COMMIT,
    GIT_BRANCH,
    GIT_DIRTY,
    CPU,
    ARGUMENTS,
};

/* A row. */
struct entry {
    struct history_point point;
    struct history_run run;
    double wall_ns; /* as whoever waited for it saw it; NAN: nobody did */
    const char *program, *cpu, *arguments;
    bool killed;
};

struct entries {
    struct entry *rows;
    size_t count, capacity;
};

static bool is_true(const char *text)
{
    static const char *const no[] = {"", "0", "false", "no"};
    for (size_t i = 0; text && i < sizeof no / sizeof *no; i++)
        if (strcmp(text, no[i]) == 0)
            return false;
    return text != NULL;
}

static struct entry read_entry(struct pool *pool, sqlite3_stmt *row)
{
    bool in_series = sqlite3_column_int64(row, SERIES_ID) != 0;
    struct entry entry = {
        .point.series = sqlite3_column_int64(row, SERIES_ID),
        .point.run = in_series ? 0 : sqlite3_column_int64(row, RUN_ID),
        .point.started_unix_ns =
            sqlite3_column_int64(row, in_series ? SERIES_STARTED : RUN_STARTED),
        .point.name = database_known_text(pool, row, SERIES_NAME),
        .point.commit = database_known_text(pool, row, GIT_COMMIT),
        .point.branch = database_known_text(pool, row, GIT_BRANCH),
        .point.dirty = is_true(database_known_text(pool, row, GIT_DIRTY)),
        .run.id = sqlite3_column_int64(row, RUN_ID),
        .run.timed = sqlite3_column_int64(row, RUN_TIMED) != 0,
        .run.wall_ns = (double)sqlite3_column_int64(row, RUN_DURATION),
        .wall_ns = NAN,
        .program = text_base_name(database_text(pool, row, RUN_PROGRAM)),
        .cpu = database_known_text(pool, row, CPU),
        .arguments = database_text(pool, row, ARGUMENTS),
        .killed = sqlite3_column_int64(row, RUN_KILLED) != 0,
    };
    if (sqlite3_column_type(row, RUN_WALL) != SQLITE_NULL)
        entry.wall_ns = (double)sqlite3_column_int64(row, RUN_WALL);
    return entry;
}

static enum status read_entries(struct history *history, struct database *database,
                                struct entries *entries)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, runs_sql, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        entries->rows =
            memory_grow(entries->rows, &entries->capacity, entries->count, sizeof *entries->rows);
        entries->rows[entries->count++] = read_entry(&history->pool, row);
    }
    sqlite3_finalize(row);
    return status;
}

static void note(struct history *history, const char *text)
{
    history->notes[history->note_count++] = text;
}

static bool same_point(const struct history_point *a, const struct history_point *b)
{
    return a->series == b->series && a->run == b->run;
}

static bool is_of_series(const struct history_options *options, const struct entry *entry)
{
    return !options->series ||
           (entry->point.name && strcmp(entry->point.name, options->series) == 0);
}

/* That of the newest run that counts; if none does, of the newest. */
static const char *newest_program(const struct entries *entries)
{
    for (size_t i = entries->count; i > 0; i--)
        if (!entries->rows[i - 1].killed)
            return entries->rows[i - 1].program;
    return entries->rows[entries->count - 1].program;
}

/* Leaves those of the newest one's program, and tells of the others. */
static void keep_program(struct history *history, struct entries *entries)
{
    enum { NAMED = 5 };
    struct pool *pool = &history->pool;
    const char *others = "", *named[NAMED];
    size_t kept = 0, count = 0;
    history->program = newest_program(entries);
    for (size_t i = 0; i < entries->count; i++) {
        const char *program = entries->rows[i].program;
        if (strcmp(program, history->program) == 0) {
            entries->rows[kept++] = entries->rows[i];
            continue;
        }
        bool known = count == NAMED;
        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(named[j], program) == 0;
        if (!known) {
            named[count++] = program;
            others = pool_format(pool, "%s%s%s", others, *others ? ", " : "",
                                 count == NAMED ? "…" : program);
        }
    }
    entries->count = kept;
    if (count > 0)
        note(history, pool_format(pool, "There are runs of %s, too; --program chooses.", others));
}

static void drop_killed(struct history *history, struct entries *entries)
{
    size_t kept = 0, killed;
    for (size_t i = 0; i < entries->count; i++)
        if (!entries->rows[i].killed)
            entries->rows[kept++] = entries->rows[i];
    killed = entries->count - kept;
    entries->count = kept;
    if (killed > 0)
        note(history, pool_format(&history->pool, "%s %s by a signal, and %s left out.",
                                  text_count(&history->pool, (int64_t)killed),
                                  killed == 1 ? "run was ended" : "runs were ended",
                                  killed == 1 ? "is" : "are"));
}

static void keep_last(struct entries *entries, int64_t points)
{
    size_t first = entries->count;
    for (int64_t left = points; first > 0; first--) {
        bool other = first == entries->count ||
                     !same_point(&entries->rows[first].point, &entries->rows[first - 1].point);
        if (other && left-- == 0)
            break;
    }
    entries->count -= first;
    memmove(entries->rows, entries->rows + first, entries->count * sizeof *entries->rows);
}

/* What differs between points, and may be why others do. */
static void note_differences(struct history *history, const struct entries *entries)
{
    const struct entry *rows = entries->rows;
    bool machines = false, arguments = false, timed = false, counted = false;
    const char *cpu = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        machines |= cpu && rows[i].cpu && strcmp(cpu, rows[i].cpu) != 0;
        cpu = rows[i].cpu ? rows[i].cpu : cpu;
        arguments |= strcmp(rows[0].arguments, rows[i].arguments) != 0;
        timed |= rows[i].run.timed;
        counted |= !rows[i].run.timed;
    }
    if (machines)
        note(history, "The points are of several machines: times of one tell little of another.");
    if (arguments)
        note(history, history->options.all_series
                          ? "The program was not started with the same arguments every time."
                          : "The program was not started with the same arguments every time; "
                            "--series chooses runs by the name of their series.");
    if (timed && counted)
        note(history, "Some runs have no times: they only counted calls.");
}

/* Of one kind at all points: as who waited for the program saw it, if there was somebody always. */
static void choose_wall(struct entries *entries)
{
    bool waited = true;
    for (size_t i = 0; i < entries->count; i++)
        waited &= !isnan(entries->rows[i].wall_ns);
    for (size_t i = 0; i < entries->count && waited; i++)
        entries->rows[i].run.wall_ns = entries->rows[i].wall_ns;
}

static void store(struct history *history, const struct entries *entries)
{
    history->points = memory_array(entries->count, sizeof *history->points);
    history->runs = memory_array(entries->count, sizeof *history->runs);
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->rows[i];
        if (i == 0 || !same_point(&entry->point, &entry[-1].point)) {
            history->points[history->point_count] = entry->point;
            history->points[history->point_count++].first_run = i;
        }
        history->points[history->point_count - 1].run_count++;
        history->runs[history->run_count++] = entry->run;
    }
}

static enum status make_table(const struct history *history, struct database *database)
{
    sqlite3_stmt *statement = NULL;
    enum status status = database_execute(
        database, "DROP TABLE IF EXISTS temp.history_run;"
                  "CREATE TEMP TABLE history_run (id INTEGER PRIMARY KEY, place INTEGER)");
    if (status == STATUS_OK)
        status =
            database_prepare(database, "INSERT INTO temp.history_run VALUES (?, ?)", &statement);
    for (size_t i = 0; status == STATUS_OK && i < history->run_count; i++) {
        sqlite3_bind_int64(statement, 1, history->runs[i].id);
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)i);
        status = database_run(database, statement);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum status nothing_left(const struct history *history, const struct database *database,
                                size_t all)
{
    const struct history_options *options = &history->options;
    if (all > 0 && options->series)
        return fail(STATUS_USAGE, options->command, database->path,
                    "no run is of a series named '%s'; leave --series out to see all",
                    options->series);
    return fail(STATUS_INPUT, options->command, database->path,
                all > 0 ? "every run was ended by a signal; there is nothing to compare"
                        : "there is no run in it; load profiles with 'profinst load --db'");
}

enum status history_find_runs(struct history *history, struct database *database)
{
    enum { MOST_NOTES = 8 };
    const struct history_options *options = &history->options;
    history->notes = memory_array(MOST_NOTES, sizeof *history->notes);
    struct entries entries = {0};
    enum status status = read_entries(history, database, &entries);
    size_t all = entries.count, kept = 0;
    for (size_t i = 0; i < all; i++)
        if (is_of_series(options, &entries.rows[i]))
            entries.rows[kept++] = entries.rows[i];
    entries.count = kept;
    if (status == STATUS_OK && entries.count > 0) {
        keep_program(history, &entries);
        drop_killed(history, &entries);
    }
    if (status == STATUS_OK && entries.count == 0 && options->least_points == 0)
        status = nothing_left(history, database, all);
    if (status == STATUS_OK) {
        if (options->last > 0)
            keep_last(&entries, options->last);
        note_differences(history, &entries);
        choose_wall(&entries);
        store(history, &entries);
        status = make_table(history, database);
    }
    free(entries.rows);
    return status;
}
