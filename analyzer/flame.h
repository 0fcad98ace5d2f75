/* The flame graph: what is drawn of the tree of contexts, and the drawing. */
#ifndef PROFINST_ANALYZER_FLAME_H
#define PROFINST_ANALYZER_FLAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "change.h"
#include "database.h"
#include "tree.h"

enum flame_value { FLAME_TIME, FLAME_CALLS };
enum flame_color { FLAME_FILE, FLAME_MODULE, FLAME_NAME };

struct flame_options {
    enum tree_groups groups;
    enum flame_value value; /* what widths are of; calls in any case where there are no times */
    enum flame_color color; /* what has a colour of its own */
    double min_share;       /* 0..1: frames with less of the whole width are left out */
    int64_t limit;          /* frames at most; 0: all */
    int width;              /* of the picture, in pixels */
    bool icicle;            /* callers stand above what they call */
    const char *title;      /* NULL: the program's name */
    int side; /* of a comparison: BEFORE or AFTER, which the widths are of; SIDES: both together */
};

/* Colours: the first ones are those of the largest files or modules, or drawn by lot for names. */
enum { FLAME_HUES = 10, FLAME_TONES = 3 };
enum { FLAME_OTHER = FLAME_HUES, FLAME_EXTERNAL, FLAME_GROUP, FLAME_COLORS };

/* Those of a comparison follow: steps of differences around the one of what is the same. */
enum { FLAME_SAME = FLAME_COLORS + CHANGE_STEPS };

struct flame_frame {
    uint32_t node;
    int color, tone;
    double begin, width; /* 0..1 of the whole */
};

/* What a colour is of. */
struct flame_legend {
    const char *name;
    int64_t value; /* of the functions themselves */
};

/* Strings belong to the pool or to the tree. */
struct flame {
    struct pool pool;
    struct flame_options options;
    struct tree tree;
    const char *title;
    int64_t total_ns; /* of all threads together; 0: there are no times */
    int64_t total;    /* nanoseconds or calls: the whole width */
    int64_t *below;   /* by node: calls in it and all below; NULL: widths are of time */
    struct flame_frame *frames;
    size_t frame_count;
    uint32_t depth; /* of the deepest frame */
    size_t left_out;
    int64_t left_out_value;
    struct flame_legend legend[FLAME_COLORS]; /* name NULL: no such colour */
    const struct comparison *comparison;      /* NULL: of one side */
    struct change_scale scale;                /* of that */
    const struct compared_context **compared; /* by node; NULL: it is no context */
};

/* Needs a source with contexts. flame_free in any case. */
enum status flame_query(struct flame *flame, struct database *database,
                        const struct flame_options *options);
void flame_free(struct flame *flame);

/* The same of a comparison with contexts, which the caller keeps. */
void flame_compare(struct flame *flame, const struct comparison *comparison,
                   const struct flame_options *options);

/* The quantity of a context that colours are of. */
const struct compared *flame_told(const struct flame *flame,
                                  const struct compared_context *context);

/* What has no width where widths are of this side: contexts that are on the other one alone. In the
 * pool; NULL: there are none. */
const char *flame_unseen(struct pool *pool, const struct flame *flame, int side);

/* Chooses the frames of a tree that is there. */
void flame_lay_out(struct flame *flame);

/* What there is to say of a comparison: in the caption, below it, and of a node. Strings are in the
 * pool; the number of lines is returned. */
enum { FLAME_NOTES = 6, FLAME_CHANGE_LINES = 4 };
const char *flame_change_caption(struct pool *pool, const struct flame *flame);
size_t flame_change_notes(struct pool *pool, const struct flame *flame, const char **notes);
size_t flame_change_lines(struct pool *pool, const struct flame *flame, uint32_t node,
                          const char **lines);

/* Sets the colours of frames that are there, and the legend. */
void flame_paint(struct flame *flame);

/* Of a node: its width in nanoseconds or calls. */
int64_t flame_value_of(const struct flame *flame, uint32_t node);

/* Writes an SVG file that needs nothing else. */
void flame_write(FILE *stream, struct flame *flame);

#endif
