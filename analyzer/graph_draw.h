/* Drawing a call graph: one file each for texts, colours, links, what stands above the picture, the
 * drawing, and its rendering. */
#ifndef PROFINST_ANALYZER_GRAPH_DRAW_H
#define PROFINST_ANALYZER_GRAPH_DRAW_H

#include <graphviz/cgraph.h>

#include "graph.h"

/* Formats: png, svg, pdf; dot or gv for Graphviz' own text. */
bool graph_knows_format(const char *format);

/* Not fit for a terminal. */
bool graph_is_binary(const char *format);

/* Renders into memory; the caller frees *bytes with graph_free_picture. `fit`: with as few of the
 * functions as are readable on one screen, and small enough for it. */
enum status graph_draw(struct graph *graph, const char *format, bool fit, char **bytes,
                       size_t *size);
void graph_free_picture(char *bytes);

/* What follows is between the files. Strings are in the graph's pool. */

enum { GRAPH_COLOURS = 8 };

/* Colours of functions and edges. Nobody else knows what they tell. */
struct graph_colours {
    struct graph *graph;
    const char *kin[GRAPH_COLOURS]; /* those with the most of the time, drawn */
    size_t count;
    bool more; /* kin, which share a colour */
};

void graph_colours_begin(struct graph_colours *colours, struct graph *graph);

/* The background of a function's text, which is black. */
const char *graph_fill(const struct graph_colours *colours, const struct graph_function *function);

/* An edge that carries this share, or that of a comparison. */
const char *graph_stroke(const struct graph_colours *colours, double share);
const char *graph_change_stroke(const struct graph_colours *colours, const struct graph_edge *edge);

/* What the colours mean: cells of Graphviz' HTML-like tables. */
const char *graph_colour_legend(const struct graph_colours *colours);

/* Fit for Graphviz' plain text; for its HTML-like text is what text_xml makes. */
const char *graph_plain(struct pool *pool, const char *text);

/* The same for tooltips, of text that is printable already, in lines. */
const char *graph_tooltip(struct pool *pool, const char *text);

double graph_share(const struct graph *graph, int64_t part_ns);
bool graph_tells_error(const struct graph *graph, int64_t error_ns);

/* A function's name, for a box. */
const char *graph_short_name(struct pool *pool, const char *name);

/* What kin is called: short, as long as that tells it from others that are drawn. */
const char *graph_kin_name(struct graph *graph, const char *path, enum graph_kin kin);

/* What stands in a box and at an edge, and more where the mouse points at it: several lines of
 * printable text. */
const char *graph_box_label(struct graph *graph, const struct graph_function *top,
                            const struct graph_colours *colours);
const char *graph_function_tooltip(struct graph *graph, const struct graph_function *function);
const char *graph_edge_label(struct graph *graph, const struct graph_edge *edge);
const char *graph_edge_tooltip(struct graph *graph, const struct graph_edge *edge);
const char *graph_detour_label(struct graph *graph, const struct graph_detour *detour);
const char *graph_detour_tooltip(struct graph *graph, const struct graph_detour *detour);

/* The same of a comparison; the tooltips without what others have, too: a function's place, and who
 * calls whom. */
const char *graph_change_box(struct graph *graph, const struct graph_function *function);
const char *graph_change_tooltip(struct graph *graph, const struct graph_function *function);
const char *graph_change_count(struct pool *pool, const struct compared *calls,
                               enum compare_presence presence);
const char *graph_change_chain_time(struct graph *graph, const struct graph_function *function);
const char *graph_change_edge_label(struct graph *graph, const struct graph_edge *edge);
const char *graph_change_edge_tooltip(struct graph *graph, const struct graph_edge *edge);

/* Functions that have changed, and are not drawn. */
size_t graph_changes_left_out(const struct graph *graph);

/* Title, figures and legend: an HTML-like table. */
const char *graph_header(struct graph *graph, const struct graph_colours *colours);

/* The caller closes it. */
Agraph_t *graph_build(struct graph *graph);

#endif
