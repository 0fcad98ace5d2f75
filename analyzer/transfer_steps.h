/* Steps of transfer.h. What is copied is a stream of rows, table by table: transfer_pick.c reads
 * them from a database, transfer_put.c checks them and adds them to another one; between the two
 * they may have been lines of a file. A row refers to others by their numbers, from 1 in each
 * table, and to no row that comes later. */
#ifndef PROFINST_ANALYZER_TRANSFER_STEPS_H
#define PROFINST_ANALYZER_TRANSFER_STEPS_H

#include "transfer.h"

/* In their order in the stream. */
enum transfer_table {
    TRANSFER_SERIES,
    TRANSFER_SERIES_FACT,
    TRANSFER_RUN,
    TRANSFER_SERIES_RUN,
    TRANSFER_MODULE,
    TRANSFER_SOURCE_FILE,
    TRANSFER_FUNCTION,
    TRANSFER_PROCESS,
    TRANSFER_THREAD,
    TRANSFER_CONTEXT,
    TRANSFER_CROSS_CALL,
    TRANSFER_ESTIMATE,
    TRANSFER_DURATION_RANGE,
    TRANSFER_THREAD_TOTAL,
    TRANSFER_FUNCTION_TOTAL,
    TRANSFER_EDGE_TOTAL,
    TRANSFER_CALL_SITE,
    TRANSFER_FUNCTION_CODE,
    TRANSFER_TABLES,
};

enum transfer_kind {
    TRANSFER_KEY, /* hexadecimal digits */
    TRANSFER_TEXT,
    TRANSFER_ARGUMENTS, /* a JSON array of strings */
    TRANSFER_FLAG,      /* 0 or 1 */
    TRANSFER_WHOLE,     /* from 0 up */
    TRANSFER_COUNT,     /* likewise, and all of the column can be summed up */
    TRANSFER_HASH,      /* any whole number */
    TRANSFER_REAL,      /* from 0 up */
    TRANSFER_REFERENCE, /* the number of a row of another table, or an earlier one of the same */
};

enum { TRANSFER_COLUMNS = 27, TRANSFER_FIRST_BUCKET = 7 /* in duration_range */ };

struct transfer_column {
    const char *name; /* in the file, and but for references in the database */
    enum transfer_kind kind;
    bool optional;             /* may be NULL */
    enum transfer_table table; /* of a reference */
};

struct transfer_shape {
    const char *name;
    bool has_id; /* the first column of `select` is one, and no column of the row */
    /* Reads the rows in their order. ?1: contexts are taken up to that depth; ?2: the series. */
    const char *select;
    /* Adds one; what it returns, if it does, is the id. Parameters are the columns in their order,
     * references as ids, and behind them whatever transfer_put.c says. */
    const char *insert;
    struct transfer_column columns[TRANSFER_COLUMNS]; /* NULL behind the last name */
};

extern const struct transfer_shape transfer_shapes[TRANSFER_TABLES];
size_t transfer_column_count(const struct transfer_shape *shape);

struct transfer_value {
    enum transfer_type { TYPE_NULL, TYPE_WHOLE, TYPE_REAL, TYPE_TEXT, TYPE_OTHER } type;
    int64_t whole; /* of a reference: the row's number */
    double real;
    const char *text; /* valid as long as the row is */
};

/* Where rows go. Returns what ends the transfer unless it is STATUS_OK. */
struct transfer_taker {
    enum status (*take)(void *state, enum transfer_table table, struct transfer_value *values);
    void *state;
};

/* Hands over all rows of a series, or of a run: the other one is 0. */
enum status transfer_pick(struct database *from, int64_t series, int64_t run, bool contexts,
                          struct transfer_taker taker);

/* What is known of rows that others refer to, by their numbers less 1. */
struct transfer_row {
    int64_t id; /* in the database; 0: it is not copied, as its run is there already */
    uint32_t
        owner; /* number: of a thread its process, of a context its thread; of a run: is it new? */
    uint32_t depth; /* of a context */
};

/* Checks rows and adds them. */
struct transfer_put {
    struct database *to;
    /* Where the rows are from: a file and its line, or a database. */
    const char *file;
    size_t line;
    const struct database *from;
    int64_t series, run; /* ids, once they are known; of several runs the latest */
    /* The rest is its own. */
    struct transfer_rows {
        struct transfer_row *rows;
        size_t count, capacity;
        size_t taken; /* rows, with those that nobody refers to */
        sqlite3_stmt *insert;
        int64_t totals[TRANSFER_COLUMNS]; /* of columns that must sum up */
    } tables[TRANSFER_TABLES];
    bool series_is_there;
    enum transfer_table at; /* of the latest row */
    sqlite3_stmt *insert_bucket, *update_process;
    int64_t last_range;                           /* duration_range.id, before all */
    int64_t process, first_context, last_context; /* ids: of the process that contexts are of */
};

/* transfer_put_end in any case, with what happened until then; it returns that if it is bad. */
enum status transfer_put_begin(struct transfer_put *put);
enum status transfer_put_row(struct transfer_put *put, enum transfer_table table,
                             struct transfer_value *values);
enum status transfer_put_end(struct transfer_put *put, enum status status);

/* What a row is by itself, and what it refers to: a part of putting it. */
enum status transfer_check(struct transfer_put *put, enum transfer_table table,
                           struct transfer_value *values);

/* The row that a reference, which has been checked, leads to. */
const struct transfer_row *transfer_row(const struct transfer_put *put, enum transfer_table table,
                                        const struct transfer_value *reference);

/* The file: a line that says what it is, then of each table one with its columns and one of each
 * row, and at last one with the CRC-32 of all before it. */
#define TRANSFER_BEGIN "{\"profinst_baseline\":"
#define TRANSFER_END "{\"crc32\":\"%08lx\"}\n"
enum {
    TRANSFER_FORMAT = 1,
    TRANSFER_LONGEST_LINE = 1 << 20,
    TRANSFER_LARGEST_MIB = 1024, /* as text, compressed or not */
};

/* The line before the rows of a table, in the pool. */
const char *transfer_table_line(struct pool *pool, enum transfer_table table);

/* Says what is wrong with the latest row, and where it is. */
enum status transfer_refuse(const struct transfer_put *put, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
