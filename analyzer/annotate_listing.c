/* What was measured stands at the left of each line, and who was called beneath it. */
#include "annotate_listing.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { TAB = 8 };

static struct listing_row *add_row(struct listing *listing, const char *text, enum style style)
{
    listing->rows = memory_grow(listing->rows, &listing->row_capacity, listing->row_count,
                                sizeof *listing->rows);
    struct listing_row *row = &listing->rows[listing->row_count++];
    *row = (struct listing_row){.text = text, .style = style};
    return row;
}

/* ---- figures ------------------------------------------------------------------------------ */

static void put_time(struct listing *listing, struct listing_row *row, int share, int64_t ns,
                     int64_t error_ns)
{
    struct pool *pool = &listing->annotation->pool;
    const int64_t total_ns = listing->annotation->total_ns;
    row->cells[share] = text_percent_error(pool, ns, error_ns, total_ns);
    row->cells[share + 1] = text_duration(pool, ns);
    row->styles[share] = total_ns > 0 ? style_of_share((double)ns / (double)total_ns) : STYLE_PLAIN;
    row->styles[share + 1] = row->styles[share];
}

static void put_dash(struct listing_row *row, int share)
{
    row->cells[share] = row->cells[share + 1] = "-";
    row->styles[share] = row->styles[share + 1] = STYLE_MUTED;
}

/* As in the table of functions. */
static void put_function(struct listing *listing, struct listing_row *row,
                         const struct annotated_function *function)
{
    const bool inlined = function->calls > 0 && function->inlined_calls == function->calls;
    row->cells[LISTING_CALLS] = text_count(&listing->annotation->pool, function->calls);
    if (!listing->annotation->has_times)
        return;
    if (function->below_noise) {
        row->cells[LISTING_SELF_SHARE] = "< noise";
        row->cells[LISTING_SELF] = "-";
        row->styles[LISTING_SELF_SHARE] = row->styles[LISTING_SELF] = STYLE_MUTED;
    } else if (inlined && function->self_ns == 0) {
        put_dash(row, LISTING_SELF_SHARE);
    } else {
        put_time(listing, row, LISTING_SELF_SHARE, function->self_ns, function->self_error_ns);
    }
    if (inlined && function->cumulative_ns == 0)
        put_dash(row, LISTING_CUMULATIVE_SHARE);
    else
        put_time(listing, row, LISTING_CUMULATIVE_SHARE, function->cumulative_ns,
                 function->cumulative_error_ns);
}

/* ---- calls -------------------------------------------------------------------------------- */

/* "×1,234, 200 inlined (1.02 ms)": calls that were inlined have no time. */
static const char *amount(struct listing *listing, const struct annotated_call *call)
{
    struct pool *pool = &listing->annotation->pool;
    const bool inlined = call->inlined_calls == call->calls && call->calls > 0;
    const char *count = text_count(pool, call->calls);
    if (inlined)
        count = pool_format(pool, "%s inlined", count);
    else if (call->inlined_calls)
        count = pool_format(pool, "%s, %s inlined", count, text_count(pool, call->inlined_calls));
    return listing->annotation->has_times && (!inlined || call->cumulative_ns)
               ? pool_format(pool, "×%s (%s)", count, text_duration(pool, call->cumulative_ns))
               : pool_format(pool, "×%s", count);
}

/* "→ (qsort) compare ×9 (1.02 ms), one of 3 lines". */
static const char *call_text(struct listing *listing, const struct annotated_call *call)
{
    struct pool *pool = &listing->annotation->pool;
    const char *by = "";
    if (call->kind && strcmp(call->kind, "pointer") == 0)
        by = "(pointer) ";
    else if (call->through)
        by = pool_format(pool, "(%s) ", text_bare_name(pool, call->through));
    const char *text =
        pool_format(pool, "→ %s%s %s%s", by, call->callee,
                    call->exact || call->sites > 1 ? "" : "at most ", amount(listing, call));
    return call->sites > 1
               ? pool_format(pool, "%s, one of %s lines", text, text_count(pool, call->sites))
               : text;
}

/* What the function called in lines that are not known; NULL: nothing. */
static const char *unknown_calls(struct listing *listing, int64_t caller)
{
    enum { MOST_NAMED = 5 };
    struct pool *pool = &listing->annotation->pool;
    const struct annotated_file *file = listing->file;
    const char *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < file->call_count && file->calls[i].line == 0; i++) {
        const struct annotated_call *call = &file->calls[i];
        if (call->caller_id == caller && count++ < MOST_NAMED)
            list = pool_format(pool, "%s%s%s %s", list ? list : "", list ? ", " : "", call->callee,
                               amount(listing, call));
    }
    if (count > MOST_NAMED)
        list = pool_format(pool, "%s and %s more", list,
                           text_count(pool, (int64_t)(count - MOST_NAMED)));
    return list ? pool_format(pool, "→ from lines that are not known: %s", list) : NULL;
}

/* ---- lines -------------------------------------------------------------------------------- */

/* Without tabs, which would stand elsewhere behind the figures. */
static const char *expand(struct pool *pool, const char *line)
{
    const char *valid = text_valid(pool, line), *tab;
    const char *text = "";
    while ((tab = strchr(valid, '\t'))) {
        text = pool_format(pool, "%s%.*s", text, (int)(tab - valid), valid);
        text = pool_format(pool, "%s%*s", text, (int)(TAB - text_width(text) % TAB), "");
        valid = tab + 1;
    }
    return text_printable(pool, pool_format(pool, "%s%s", text, valid));
}

static const char *indented(struct pool *pool, const char *line, const char *text)
{
    return pool_format(pool, "%*s%s", (int)strspn(line, " "), "", text_printable(pool, text));
}

static bool has_figures(const struct listing *listing, int64_t line)
{
    const struct annotated_file *file = listing->file;
    return (listing->next_function < file->function_count &&
            file->functions[listing->next_function].line == line) ||
           (listing->next_call < file->call_count && file->calls[listing->next_call].line == line);
}

/* Several functions of one line have a row each, with their names. */
static void add_functions(struct listing *listing, int64_t line, size_t source_row,
                          const char *source)
{
    struct pool *pool = &listing->annotation->pool;
    const struct annotated_file *file = listing->file;
    const size_t first = listing->next_function;
    while (listing->next_function < file->function_count &&
           file->functions[listing->next_function].line == line)
        listing->next_function++;
    const bool several = listing->next_function - first > 1;
    for (size_t i = first; i < listing->next_function; i++) {
        const struct annotated_function *function = &file->functions[i];
        const char *unknown =
            listing->annotation->has_sites ? unknown_calls(listing, function->id) : NULL;
        if (several) {
            const char *name = pool_format(pool, "= %s", function->name);
            put_function(listing, add_row(listing, indented(pool, source, name), STYLE_MUTED),
                         function);
        } else {
            put_function(listing, &listing->rows[source_row], function);
        }
        if (unknown)
            add_row(listing, indented(pool, source, unknown), STYLE_MUTED);
    }
}

static void add_line(struct listing *listing, int64_t line)
{
    struct pool *pool = &listing->annotation->pool;
    const struct annotated_file *file = listing->file;
    const bool there = line <= (int64_t)file->text.line_count;
    const char *source =
        there ? expand(pool, file->text.lines[line - 1]) : "(the file ends before this line)";
    const size_t source_row = listing->row_count;
    struct listing_row *row = add_row(listing, source, there ? STYLE_PLAIN : STYLE_MUTED);
    row->cells[LISTING_LINE] = pool_format(pool, "%lld", (long long)line);
    row->styles[LISTING_LINE] = STYLE_MUTED;
    add_functions(listing, line, source_row, source);
    for (; listing->next_call < file->call_count && file->calls[listing->next_call].line == line;
         listing->next_call++)
        add_row(listing,
                indented(pool, there ? source : "",
                         call_text(listing, &file->calls[listing->next_call])),
                STYLE_MUTED);
}

/* Passes over what stands before the line. */
static void advance(struct listing *listing, int64_t line)
{
    const struct annotated_file *file = listing->file;
    while (listing->next_function < file->function_count &&
           file->functions[listing->next_function].line < line)
        listing->next_function++;
    while (listing->next_call < file->call_count && file->calls[listing->next_call].line < line)
        listing->next_call++;
}

/* The next line from this one on that has figures; INT64_MAX: there is none. */
static int64_t next_with_figures(struct listing *listing, int64_t line)
{
    const struct annotated_file *file = listing->file;
    int64_t next = INT64_MAX;
    advance(listing, line);
    if (listing->next_function < file->function_count)
        next = file->functions[listing->next_function].line;
    if (listing->next_call < file->call_count && file->calls[listing->next_call].line < next)
        next = file->calls[listing->next_call].line;
    return next;
}

/* Whether the line is near one that has figures, `before` being the last such line. */
static bool is_shown(struct listing *listing, int64_t line, int64_t before)
{
    const int64_t context = listing->options->context;
    return context < 0 || (before > 0 && line - before <= context) ||
           database_difference(next_with_figures(listing, line), line) <= context;
}

/* What the file does not have any more. */
static void add_lines_behind_end(struct listing *listing)
{
    int64_t line = (int64_t)listing->file->text.line_count;
    if (line < listing->file->first - 1)
        line = listing->file->first - 1;
    while ((line = next_with_figures(listing, line + 1)) != INT64_MAX &&
           line <= listing->file->last)
        add_line(listing, line);
}

static void add_lines(struct listing *listing)
{
    struct pool *pool = &listing->annotation->pool;
    const struct annotated_file *file = listing->file;
    const int64_t last =
        file->last < (int64_t)file->text.line_count ? file->last : (int64_t)file->text.line_count;
    int64_t before = 0, shown = 0, left_out = 0;
    bool gap = false;
    for (int64_t line = file->first; line <= last; line++) {
        advance(listing, line);
        const bool figures = has_figures(listing, line);
        if (!figures && !is_shown(listing, line, before)) {
            gap = true;
            continue;
        }
        if (listing->options->limit > 0 && shown == listing->options->limit) {
            left_out++;
            continue;
        }
        if (gap)
            add_row(listing, "⋮", STYLE_MUTED);
        gap = false;
        shown++;
        before = figures ? line : before;
        add_line(listing, line);
    }
    if (left_out == 0)
        add_lines_behind_end(listing);
    if (left_out > 0)
        add_row(listing,
                pool_format(pool, "%s more %s; --limit=0 shows all", text_count(pool, left_out),
                            left_out == 1 ? "line" : "lines"),
                STYLE_MUTED);
}

struct listing listing_of(struct annotation *annotation, const struct annotated_file *file,
                          const struct annotate_options *options)
{
    struct listing listing = {.annotation = annotation, .file = file, .options = options};
    add_lines(&listing);
    return listing;
}

void listing_free(struct listing *listing)
{
    free(listing->rows);
}
