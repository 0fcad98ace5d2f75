/* From a drawing to a picture, in memory: libgvc lays it out and renders it. */
#include <graphviz/gvc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph_draw.h"
#include "memory.h"

/* The screen that a picture should fit, in inches of 96 pixels, with room for a window around it.
 */
static const double screen_width = 1880 / 96.0, screen_height = 1050 / 96.0;

/* So much smaller than meant can be read well. */
static const double least_scale = 0.85;

enum { FEWEST = 8 };

static const char *const formats[] = {"png", "svg", "pdf", "dot", "gv"};

bool graph_knows_format(const char *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i]) == 0)
            return true;
    return false;
}

bool graph_is_binary(const char *format)
{
    return strcmp(format, "png") == 0 || strcmp(format, "pdf") == 0;
}

static bool is_text(const char *format)
{
    return strcmp(format, "dot") == 0 || strcmp(format, "gv") == 0;
}

static enum status write_text(Agraph_t *drawing, char **bytes, size_t *size)
{
    FILE *stream = open_memstream(bytes, size);
    if (!stream || agwrite(drawing, stream) != 0 || fclose(stream) != 0)
        out_of_memory();
    return STATUS_OK;
}

static enum status lay_out(GVC_t *context, Agraph_t *drawing)
{
    return gvLayout(context, drawing, "dot") == 0
               ? STATUS_OK
               : fail(STATUS_INTERNAL, "graph", NULL,
                      "Graphviz could not lay it out; try a larger --min-share, or a .dot file");
}

/* Of a drawing that is laid out; 1: it fits the screen as it is. */
static double scale_of(Agraph_t *drawing)
{
    const double points = 72, pad = 0.2;
    boxf box = GD_bb(drawing);
    double width = (box.UR.x - box.LL.x) / points + pad;
    double height = (box.UR.y - box.LL.y) / points + pad;
    return fmin(1, fmin(screen_width / width, screen_height / height));
}

/* How large what is picked now can be on the screen. Without its lines, which take half of the time
 * and hardly any room beyond that of the boxes and labels. */
static enum status try(GVC_t *context, struct graph *graph, double *scale)
{
    Agraph_t *drawing = graph_build(graph);
    agsafeset(drawing, (char *)"splines", (char *)"none", (char *)"");
    enum status status = lay_out(context, drawing);
    *scale = status == STATUS_OK ? scale_of(drawing) : 0;
    gvFreeLayout(context, drawing);
    agclose(drawing);
    return status;
}

/* Functions to do without after that: the farther it is from what can be read, the more. */
static int64_t step(double scale)
{
    return scale < 0.6 * least_scale ? 4 : scale < 0.8 * least_scale ? 2 : 1;
}

/* Takes fewer and fewer functions until they fit, but no fewer than `least`. */
static enum status fit_way(GVC_t *context, struct graph *graph, bool sideways, int64_t least,
                           bool *fits)
{
    double scale;
    *fits = false;
    graph->sideways = sideways;
    graph_pick(graph, graph->options.limit);
    for (;;) {
        int64_t drawn = (int64_t)graph->drawn_functions;
        if (drawn < least)
            return STATUS_OK;
        enum status status = try(context, graph, &scale);
        *fits = scale >= least_scale;
        if (status != STATUS_OK || *fits || drawn == least)
            return status;
        graph_pick(graph, drawn - step(scale) > least ? drawn - step(scale) : least);
    }
}

/* Programs that are broader than deep may have more of their functions on a screen sideways. As
 * people are used to callers above callees, it must be a quarter more. */
static enum status fit(GVC_t *context, struct graph *graph)
{
    bool fits;
    enum status status = fit_way(context, graph, false, FEWEST, &fits);
    int64_t upright = (int64_t)graph->drawn_functions;
    if (status == STATUS_OK)
        status = fit_way(context, graph, true, upright + upright / 4 + 1, &fits);
    if (status == STATUS_OK && !fits) {
        graph->sideways = false;
        graph_pick(graph, upright);
    }
    return status;
}

static enum status render(GVC_t *context, Agraph_t *drawing, const char *format, char **bytes,
                          size_t *size)
{
    unsigned length = 0;
    char *rendered = NULL;
    if (strcmp(format, "png") == 0) /* others are measured in points, which browsers show larger */
        agsafeset(drawing, (char *)"dpi", (char *)"96", (char *)"");
    enum status status = lay_out(context, drawing);
    if (status != STATUS_OK)
        return status;
    if (gvRenderData(context, drawing, format, &rendered, &length) != 0 || !rendered)
        status = fail(STATUS_INTERNAL, "graph", NULL,
                      "Graphviz cannot render %s here; install its plugins (libgvc6), or write "
                      "a .dot file",
                      format);
    gvFreeLayout(context, drawing);
    if (status == STATUS_OK) {
        /* A copy, so that one way of freeing fits both kinds of pictures. */
        *bytes = memcpy(memory_take(length), rendered, length);
        *size = length;
    }
    if (rendered)
        gvFreeRenderData(rendered);
    return status;
}

static int ignore_message(char *message)
{
    (void)message;
    return 0;
}

enum status graph_draw(struct graph *graph, const char *format, bool fits, char **bytes,
                       size_t *size)
{
    agseterrf(ignore_message); /* its warnings are about fonts and space, and name no cure */
    GVC_t *context = fits || !is_text(format) ? gvContext() : NULL;
    enum status status = fits ? fit(context, graph) : STATUS_OK;
    if (status == STATUS_OK) {
        Agraph_t *drawing = graph_build(graph);
        if (fits)
            agsafeset(drawing, (char *)"size",
                      pool_format(&graph->pool, "%.2f,%.2f", screen_width, screen_height),
                      (char *)"");
        status = is_text(format) ? write_text(drawing, bytes, size)
                                 : render(context, drawing, format, bytes, size);
        agclose(drawing);
    }
    if (context)
        gvFreeContext(context);
    return status;
}

void graph_free_picture(char *bytes)
{
    free(bytes);
}
