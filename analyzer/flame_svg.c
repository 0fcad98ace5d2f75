/* The flame graph as SVG: a picture that stands by itself, and a script that makes it searchable
 * and zoomable where scripts may run. A frame is an <svg> of its own, which cuts off what is longer
 * than it. */
#include "flame.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

extern const char flame_css[], flame_js[]; /* the files of these names */

/* Pixels. A row holds a frame and the gap to the next one; a frame less than THIN has no outline.
 */
enum { MARGIN = 10, TITLE = 24, LINE = 18, ROW = 18, FRAME = 17, THIN = 3 };
enum { TOOLS = 440, HEADING_COLUMNS = 16 }; /* what the script puts beside the heading; its least */
static const double letter_width = 7.23;    /* of a monospaced font of 12 pixels, with some room */
static const double heading_size = 17.0 / 12;

/* Columns of a name in a tooltip. Longer ones are whole in a list, each once. */
enum { TOOLTIP_COLUMNS = 160 };

struct svg {
    FILE *stream;
    struct flame *flame;
    struct pool pool;   /* for one element */
    json_t *names;      /* of functions with a name that is too long for a tooltip */
    int top;            /* of the frames */
    const char **lines; /* below the heading; they are valid while the header is written */
    size_t line_count, line_capacity;
};

/* How many columns of text there is room for. */
static size_t columns(double width)
{
    double room = width / letter_width;
    return room > 0 ? (size_t)room : 0;
}

/* With four decimals at most: even a frame that was nearly left out can be zoomed to the whole
 * width, and what is in it stands at its place. */
static const char *pixels(struct pool *pool, double value)
{
    char *text = pool_format(pool, "%.4f", value);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        length--;
    text[text[length - 1] == '.' ? length - 1 : length] = '\0';
    return text;
}

static bool is_inlined(const struct tree_node *node)
{
    return node->inlined_calls > 0 && node->inlined_calls == node->calls;
}

static const char *name_of(struct svg *svg, uint32_t node)
{
    const struct tree *tree = &svg->flame->tree;
    return text_printable(&svg->pool, tree_name(tree, &tree->nodes[node]));
}

static void write_line(struct svg *svg, const char *text)
{
    fprintf(svg->stream, "\n%s", text_xml(&svg->pool, text));
}

static void write_time(struct svg *svg, const char *kind, int64_t time_ns, int64_t error_ns)
{
    write_line(
        svg, pool_format(&svg->pool, "%s %s (%s)", kind, text_duration(&svg->pool, time_ns),
                         text_percent_error(&svg->pool, time_ns, error_ns, svg->flame->total_ns)));
}

static void write_times(struct svg *svg, const struct tree_node *node)
{
    write_time(svg, "cumulative", node->cumulative_ns, node->cumulative_error_ns);
    if (node->function == TREE_NONE) {
        if (node->self_ns > 0)
            write_time(svg, "outside of all functions", node->self_ns, node->self_error_ns);
    } else if (is_inlined(node) && node->self_ns == 0) {
        write_line(svg, "inlined: its own time is its caller's");
    } else {
        write_time(svg, "self", node->self_ns, node->self_error_ns);
    }
}

static void write_place(struct svg *svg, const struct tree_function *function)
{
    struct pool *pool = &svg->pool;
    const char *module = function->module ? function->module : "unknown module";
    if (function->external)
        write_line(svg, "external: not part of the build");
    else if (!function->file)
        write_line(svg, module);
    else if (!function->line)
        write_line(svg, pool_format(pool, "%s, %s", function->file, module));
    else
        write_line(svg, pool_format(pool, "%s:%lld, %s", function->file, (long long)function->line,
                                    module));
}

static void write_figures(struct svg *svg, uint32_t at)
{
    const struct flame *flame = svg->flame;
    const struct tree_node *node = &flame->tree.nodes[at];
    struct pool *pool = &svg->pool;
    if (flame->total_ns > 0)
        write_times(svg, node);
    if (node->function != TREE_NONE)
        write_line(svg, text_calls(pool, node->calls, node->inlined_calls));
    if (flame->below)
        write_line(svg, pool_format(pool, "here and below: %s (%s)",
                                    text_calls(pool, flame->below[at], 0),
                                    text_percent(pool, flame->below[at], flame->total)));
}

static void write_changes(struct svg *svg, uint32_t node)
{
    const char *lines[FLAME_CHANGE_LINES];
    size_t count = flame_change_lines(&svg->pool, svg->flame, node, lines);
    for (size_t i = 0; i < count; i++)
        write_line(svg, lines[i]);
}

/* All there is to say of a frame. The first line is its name. */
static void write_tooltip(struct svg *svg, uint32_t at)
{
    const struct flame *flame = svg->flame;
    const struct tree_node *node = &flame->tree.nodes[at];
    struct pool *pool = &svg->pool;
    fprintf(svg->stream, "<title>%s",
            text_xml(pool, text_short_name(pool, name_of(svg, at), TOOLTIP_COLUMNS)));
    if (flame->comparison)
        write_changes(svg, at);
    else
        write_figures(svg, at);
    if (node->function != TREE_NONE)
        write_place(svg, &flame->tree.functions[node->function]);
    fputs("</title>", svg->stream);
}

/* Where the whole name is if it is too long for a tooltip. */
static void write_reference(struct svg *svg, uint32_t node)
{
    const char *name = name_of(svg, node);
    if (text_width(name) <= TOOLTIP_COLUMNS)
        return;
    const char *key = pool_format(&svg->pool, "%u", svg->flame->tree.nodes[node].function);
    fprintf(svg->stream, " data-name=\"%s\"", key);
    if (!json_object_get(svg->names, key))
        json_put(svg->names, key, json_text(name));
}

/* What its outline tells: it is inlined everywhere, or on one side of a comparison only. */
static const char *kind_class(const struct flame *flame, uint32_t node)
{
    const struct compared_context *context = flame->compared ? flame->compared[node] : NULL;
    if (context && context->presence != IN_BOTH)
        return " absent";
    return is_inlined(&flame->tree.nodes[node]) ? " inlined" : "";
}

static void write_frame(struct svg *svg, const struct flame_frame *frame)
{
    const struct flame *flame = svg->flame;
    const struct tree_node *node = &flame->tree.nodes[frame->node];
    struct pool *pool = &svg->pool;
    double scale = flame->options.width - 2 * MARGIN, width = frame->width * scale;
    uint32_t row = flame->options.icicle ? node->depth : flame->depth - node->depth;
    fprintf(
        svg->stream, "<svg class=\"f c%d t%d%s%s\" x=\"%s\" y=\"%lld\" width=\"%s\" height=\"%d\"",
        frame->color, frame->tone, kind_class(flame, frame->node),
        width < (double)THIN ? "" : " wide", pixels(pool, (double)MARGIN + frame->begin * scale),
        svg->top + (long long)row * ROW, pixels(pool, width), FRAME);
    write_reference(svg, frame->node);
    fputs(">", svg->stream);
    write_tooltip(svg, frame->node);
    fputs("<rect width=\"100%\" height=\"100%\"/>", svg->stream);
    size_t room = columns(width - 2 * THIN);
    if (room > 1)
        fprintf(svg->stream, "<text x=\"%d\" y=\"%d\">%s</text>", THIN, FRAME - 4,
                text_xml(pool, text_short_name(pool, name_of(svg, frame->node), room)));
    fputs("</svg>\n", svg->stream);
    pool_free(pool);
}

/* "left out: 3 frames below 1 % (2.0 % of the time)"; NULL: nothing is. */
static const char *left_out(struct svg *svg)
{
    const struct flame *flame = svg->flame;
    struct pool *pool = &svg->pool;
    if (flame->left_out == 0)
        return NULL;
    const char *limit =
        flame->options.limit > 0 && flame->frame_count >= (size_t)flame->options.limit
            ? pool_format(pool, " or beyond the %s largest", text_count(pool, flame->options.limit))
            : "";
    const char *kind = flame->below ? "calls" : "time";
    const char *small = flame->options.min_share > 0
                            ? pool_format(pool, "below %.3g %%", 100 * flame->options.min_share)
                            : pool_format(pool, "without %s", kind);
    return pool_format(pool, "left out: %s %s %s%s (%s of the %s)",
                       text_count(pool, (int64_t)flame->left_out),
                       flame->left_out == 1 ? "frame" : "frames", small, limit,
                       text_percent(pool, flame->left_out_value, flame->total), kind);
}

static const char *caption(struct svg *svg)
{
    const struct flame *flame = svg->flame;
    struct pool *pool = &svg->pool;
    if (flame->frame_count < 2 && flame->left_out == 0)
        return "no calls to show";
    if (flame->comparison)
        return flame_change_caption(pool, flame);
    const char *all = flame->below ? text_calls(pool, flame->total, 0)
                                   : pool_format(pool, "%s of all threads together",
                                                 text_duration(pool, flame->total));
    const char *why = flame->below && flame->total_ns == 0 ? "; times are not known" : "";
    const char *rest = left_out(svg);
    return pool_format(pool, "%s%s%s%s", all, why, rest ? "; " : "", rest ? rest : "");
}

static void write_text(struct svg *svg, const char *class, double x, double y, const char *text)
{
    fprintf(svg->stream, "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n", class,
            pixels(&svg->pool, x), pixels(&svg->pool, y), text_xml(&svg->pool, text));
}

static bool has_legend(const struct flame *flame)
{
    int colors = 0;
    for (int i = 0; i < FLAME_COLORS; i++)
        colors += flame->legend[i].name != NULL;
    return colors > 1;
}

/* As many colours as there is room for, the largest parts first. */
static void write_legend(struct svg *svg, double y)
{
    const struct flame *flame = svg->flame;
    double x = MARGIN, end = flame->options.width - MARGIN;
    for (int i = 0; i < FLAME_COLORS; i++) {
        const struct flame_legend *legend = &flame->legend[i];
        if (!legend->name)
            continue;
        const char *text =
            pool_format(&svg->pool, "%s %s", text_short_name(&svg->pool, legend->name, 24),
                        text_percent(&svg->pool, legend->value, flame->total));
        double width = (double)LINE + (double)text_width(text) * letter_width;
        if (x + width > end)
            break;
        fprintf(svg->stream, "<rect class=\"c%d\" x=\"%s\" y=\"%s\" width=\"12\" height=\"12\"/>\n",
                i, pixels(&svg->pool, x), pixels(&svg->pool, y - 10));
        write_text(svg, "legend", x + (double)LINE - 1, y, text);
        x += width + (double)MARGIN;
    }
}

/* Where a step of the legend stands. */
struct spot {
    double x;
    int line;
};

/* All steps, from much less to much more, in as many lines as they need, which are counted. */
static int place_steps(const struct flame *flame, struct spot *spots)
{
    const char *text = change_scale_text(&flame->scale, false);
    double x = MARGIN + LINE + (double)text_width(text) * letter_width;
    int line = 0;
    for (int i = 0; i < CHANGE_COLOURS; i++) {
        double label = (double)text_width(change_step_text(i - CHANGE_STEPS)) * letter_width;
        if (x + (double)LINE + label > flame->options.width - MARGIN) {
            x = MARGIN;
            line++;
        }
        spots[i] = (struct spot){x, line};
        x += LINE + MARGIN + label;
    }
    return line + 1;
}

static void write_steps(struct svg *svg, double y, const struct spot *spots)
{
    write_text(svg, "legend", MARGIN, y, change_scale_text(&svg->flame->scale, false));
    for (int i = 0; i < CHANGE_COLOURS; i++) {
        double at = y + (double)LINE * spots[i].line;
        fprintf(svg->stream, "<rect class=\"c%d\" x=\"%s\" y=\"%s\" width=\"12\" height=\"12\"/>\n",
                FLAME_COLORS + i, pixels(&svg->pool, spots[i].x), pixels(&svg->pool, at - 10));
        write_text(svg, "legend", spots[i].x + (double)LINE - 1, at,
                   change_step_text(i - CHANGE_STEPS));
    }
}

/* As many lines as it needs; only what is endless is cut. */
static void add_lines(struct svg *svg, const char *text)
{
    enum { MOST_LINES = 8 };
    size_t room = columns(svg->flame->options.width - 2 * MARGIN);
    const char *at = text_cut(&svg->pool, text_printable(&svg->pool, text), MOST_LINES * room);
    while (*at) {
        const char *end = text_line_end(at, room);
        svg->lines =
            memory_grow(svg->lines, &svg->line_capacity, svg->line_count, sizeof *svg->lines);
        svg->lines[svg->line_count++] = pool_format(&svg->pool, "%.*s", (int)(end - at), at);
        at = end + strspn(end, " ");
    }
}

static void find_lines(struct svg *svg)
{
    const struct flame *flame = svg->flame;
    const char *notes[FLAME_NOTES], *rest = flame->comparison ? left_out(svg) : NULL;
    add_lines(svg, caption(svg));
    if (rest)
        add_lines(svg, rest);
    size_t count = flame->comparison ? flame_change_notes(&svg->pool, flame, notes) : 0;
    for (size_t i = 0; i < count; i++)
        add_lines(svg, notes[i]);
}

static void write_beginning(struct svg *svg, const char *title)
{
    const struct flame *flame = svg->flame;
    int width = flame->options.width;
    long long height = svg->top + (flame->depth + 1LL) * ROW + MARGIN;
    fprintf(svg->stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%lld\""
            " viewBox=\"0 0 %d %lld\">\n<title>%s: %sflame graph</title>\n"
            "<style><![CDATA[\n%s]]></style>\n"
            "<rect class=\"page\" width=\"100%%\" height=\"100%%\"/>\n",
            width, height, width, height, text_xml(&svg->pool, title),
            flame->comparison ? "differential " : "", flame_css);
}

static void write_header(struct svg *svg)
{
    const struct flame *flame = svg->flame;
    const char *title = flame->title ? flame->title : "no profiles";
    struct spot spots[CHANGE_COLOURS];
    int legend = flame->comparison ? place_steps(flame, spots) : has_legend(flame);
    double y = MARGIN + TITLE + 9;
    find_lines(svg);
    svg->top = MARGIN + TITLE + LINE * ((int)svg->line_count + legend);
    write_beginning(svg, title);
    size_t heading = columns((flame->options.width - TOOLS) / heading_size);
    write_text(svg, "heading", MARGIN, MARGIN + TITLE - 8,
               text_cut(&svg->pool, title, heading > HEADING_COLUMNS ? heading : HEADING_COLUMNS));
    for (size_t i = 0; i < svg->line_count; i++, y += (double)LINE)
        write_text(svg, i == 0 ? "caption" : "note", MARGIN, y, svg->lines[i]);
    if (flame->comparison)
        write_steps(svg, y, spots);
    else if (legend)
        write_legend(svg, y);
    free(svg->lines);
    pool_free(&svg->pool);
}

/* The names as JSON in XML: what both take for their own becomes an escape of JSON's. */
static void write_names(struct svg *svg)
{
    char *text = json_dumps(svg->names, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_SORT_KEYS);
    if (!text)
        out_of_memory();
    fputs("<script type=\"application/json\" class=\"names\">", svg->stream);
    for (const char *at = text; *at; at++) {
        if (strchr("<>&", *at))
            fprintf(svg->stream, "\\u%04X", *at);
        else
            fputc(*at, svg->stream);
    }
    fputs("</script>\n", svg->stream);
    free(text);
}

void flame_write(FILE *stream, struct flame *flame)
{
    struct svg svg = {.stream = stream, .flame = flame, .names = json_object()};
    if (!svg.names)
        out_of_memory();
    write_header(&svg);
    fprintf(stream, "<g class=\"frames\">\n");
    for (size_t i = 0; i < flame->frame_count; i++)
        write_frame(&svg, &flame->frames[i]);
    fputs("</g>\n", stream);
    write_names(&svg);
    fprintf(stream, "<script><![CDATA[\n%s]]></script>\n</svg>\n", flame_js);
    json_decref(svg.names);
    pool_free(&svg.pool);
}
