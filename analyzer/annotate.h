/* Source files with what was measured of their lines: the functions that begin there, and the calls
 * made there, as far as they are known. */
#ifndef PROFINST_ANALYZER_ANNOTATE_H
#define PROFINST_ANALYZER_ANNOTATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "source_text.h"
#include "style.h"

/* What may have been called in more lines than this is not told at each of them. */
enum { ANNOTATE_MOST_VAGUE = 3 };

struct annotated_function {
    int64_t id;
    const char *name, *linkage_name;
    const char *module; /* base name */
    int64_t line;
    int64_t calls, inlined_calls, recursive_calls;
    int64_t self_ns, cumulative_ns;
    int64_t self_error_ns, cumulative_error_ns; /* half of the 95 % interval; 0: none */
    bool below_noise;
};

/* Calls of an edge in a line, or in lines that are not known. */
struct annotated_call {
    int64_t line; /* 0: not known */
    int64_t caller_id;
    const char *caller, *callee;
    const char *kind;    /* as in the view call_sites; NULL: the line is not known */
    const char *through; /* the function called there; NULL: none that is told */
    int64_t calls, inlined_calls, cumulative_ns; /* of the edge, of all its lines together */
    int64_t sites;                               /* how many lines that are */
    bool exact;                                  /* all of it is this line's */
    bool external;
};

/* Functions and calls are in the order of their lines. Lines from `first` to `last` are shown. */
struct annotated_file {
    const char *path; /* as the compiler was given it */
    int64_t first, last;
    const char *function; /* the one that was asked for; NULL: the whole file was */
    struct annotated_function *functions;
    struct annotated_call *calls;
    size_t function_count, call_count;
    struct source_text text;
};

/* Strings belong to `pool`. */
struct annotation {
    struct pool pool;
    int64_t started_unix_ns; /* the first process */
    int64_t total_ns;        /* shares are of this */
    bool has_times;          /* of any process */
    bool has_sites;          /* any line is known that made calls */
    struct annotated_file *files;
    size_t file_count, file_capacity;
};

/* `what` is a file, by its path or the end of that, or else a function, as of find.h. Says so if it
 * is neither. Needs a source with sites. annotate_free in any case. */
enum status annotate_query(struct annotation *annotation, struct database *database,
                           const char *what);
void annotate_free(struct annotation *annotation);

/* Finds the sources; warns of those that have changed since. */
enum status annotate_read_sources(struct annotation *annotation, const char *const *folders,
                                  size_t folder_count);

struct annotate_options {
    int64_t context; /* lines shown around those that have figures; -1: all */
    int64_t limit;   /* lines shown of each file; 0: all */
};

void annotate_write_table(FILE *stream, struct annotation *annotation,
                          const struct annotate_options *options, const struct screen *screen);
void annotate_write_markdown(FILE *stream, struct annotation *annotation,
                             const struct annotate_options *options);
void annotate_write_json(FILE *stream, struct annotation *annotation);
void annotate_write_csv(FILE *stream, struct annotation *annotation);

#endif
