#include <stdlib.h>
#include <string.h>

#include "annotate_listing.h"
#include "text.h"

enum { WIDEST_LINE = 500 };

static const char *const headers[LISTING_COLUMNS] = {"self %",     "self",  "cum. %",
                                                     "cumulative", "calls", "line"};

static bool is_left_out(const struct listing *listing, int column)
{
    return column < LISTING_CALLS && !listing->annotation->has_times;
}

static size_t width_of(const struct listing *listing, int column)
{
    size_t widest = text_width(headers[column]);
    for (size_t i = 0; i < listing->row_count; i++) {
        const char *cell = listing->rows[i].cells[column];
        const size_t width = cell ? text_width(cell) : 0;
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void write_cell(FILE *stream, const struct screen *screen, const char *text,
                       enum style style, size_t width)
{
    fprintf(stream, "%*s", (int)(width - text_width(text)), "");
    style_write(stream, screen, style, text);
    fputs("  ", stream);
}

/* No line ends in spaces. */
static void write_row(FILE *stream, const struct listing *listing, const size_t *widths,
                      const struct listing_row *row, const struct screen *screen)
{
    struct pool *pool = &listing->annotation->pool;
    size_t used = 0, pending = 0;
    for (int column = 0; column < LISTING_COLUMNS; column++) {
        if (is_left_out(listing, column))
            continue;
        const size_t width = widths[column];
        used += width + 2;
        if (!row->cells[column]) {
            pending += width + 2;
            continue;
        }
        fprintf(stream, "%*s", (int)pending, "");
        pending = 0;
        if (column == LISTING_LINE && !*row->text) {
            fprintf(stream, "%*s", (int)(width - text_width(row->cells[column])), "");
            style_write(stream, screen, row->styles[column], row->cells[column]);
        } else {
            write_cell(stream, screen, row->cells[column], row->styles[column], width);
        }
    }
    const size_t room = screen->width > used + 20 ? screen->width - used : WIDEST_LINE;
    if (*row->text) {
        fprintf(stream, "%*s", (int)pending, "");
        style_write(stream, screen, row->style, text_cut(pool, row->text, room));
    }
    fputc('\n', stream);
}

static void write_listing(FILE *stream, const struct listing *listing, const struct screen *screen)
{
    struct listing_row header = {.text = "source", .style = STYLE_HEADING};
    size_t widths[LISTING_COLUMNS];
    for (int column = 0; column < LISTING_COLUMNS; column++) {
        header.cells[column] = headers[column];
        header.styles[column] = STYLE_HEADING;
        widths[column] = width_of(listing, column);
    }
    write_row(stream, listing, widths, &header, screen);
    for (size_t i = 0; i < listing->row_count; i++)
        write_row(stream, listing, widths, &listing->rows[i], screen);
}

/* "work(int), src/app.c:12", or "src/app.c"; and where it was found, if that is elsewhere. */
static const char *title_of(struct annotation *annotation, const struct annotated_file *file)
{
    struct pool *pool = &annotation->pool;
    const char *title = text_printable(pool, file->path);
    if (file->function)
        title = pool_format(pool, "%s, %s:%lld", text_printable(pool, file->function), title,
                            (long long)file->first);
    return strcmp(file->text.path, file->path) == 0
               ? title
               : pool_format(pool, "%s (%s)", title,
                             text_printable(pool, text_valid(pool, file->text.path)));
}

static const char no_sites[] =
    "No line is known that made calls: compile with -g, and with -fplugin=libprofinst.so.";

void annotate_write_table(FILE *stream, struct annotation *annotation,
                          const struct annotate_options *options, const struct screen *screen)
{
    for (size_t i = 0; i < annotation->file_count; i++) {
        struct listing listing = listing_of(annotation, &annotation->files[i], options);
        if (i > 0)
            fputc('\n', stream);
        style_write(stream, screen, STYLE_PATH, title_of(annotation, listing.file));
        fputs("\n\n", stream);
        write_listing(stream, &listing, screen);
        listing_free(&listing);
    }
    if (!annotation->has_sites)
        fprintf(stream, "\n%s\n", no_sites);
}

/* So many that no line of the listing ends the block. */
static size_t longest_fence(const char *text)
{
    size_t longest = 2;
    for (; *text; text++) {
        size_t length = strspn(text, "`");
        longest = length > longest ? length : longest;
        text += length > 0 ? length - 1 : 0;
    }
    return longest + 1;
}

static void write_fence(FILE *stream, size_t length)
{
    while (length-- > 0)
        fputc('`', stream);
    fputc('\n', stream);
}

void annotate_write_markdown(FILE *stream, struct annotation *annotation,
                             const struct annotate_options *options)
{
    const struct screen plain = {0};
    for (size_t i = 0; i < annotation->file_count; i++) {
        struct listing listing = listing_of(annotation, &annotation->files[i], options);
        char *text = NULL;
        size_t size = 0;
        FILE *block = open_memstream(&text, &size);
        if (!block)
            out_of_memory();
        write_listing(block, &listing, &plain);
        listing_free(&listing);
        if (fclose(block) != 0)
            out_of_memory();
        fprintf(stream, "%s## %s\n\n", i > 0 ? "\n" : "",
                text_markdown(&annotation->pool, title_of(annotation, listing.file)));
        const size_t fence = longest_fence(text);
        write_fence(stream, fence);
        fputs(text, stream);
        write_fence(stream, fence);
        free(text);
    }
    if (!annotation->has_sites)
        fprintf(stream, "\n%s\n", no_sites);
}
