/* speedscope's JSON. Its profiles are made of events here, not of samples: a sample has its whole
 * stack, so that a file of samples grows with contexts times depth, and one of events with the
 * contexts. The events have the order of the tree, and no other: what is shown as a course of time
 * is none. */
#include <inttypes.h>
#include <stdlib.h>

#include "export.h"
#include "json.h"
#include "text.h"

struct speedscope {
    FILE *stream;
    const struct tree *tree;
    const struct export_times *times;
    uint32_t *frames;               /* by node */
    uint32_t outside, unattributed; /* frames */
    int64_t at;                     /* sum so far */
    bool first;                     /* event of its profile */
};

static json_t *frame_of(const struct tree_function *function)
{
    json_t *frame = json_object();
    json_put(frame, "name", json_text(*function->name ? function->name : EXPORT_NAMELESS));
    if (function->file)
        json_put(frame, "file", json_text(function->file));
    if (function->line)
        json_put(frame, "line", json_integer(function->line));
    return frame;
}

static uint32_t add_frame(json_t *frames, const char *name)
{
    json_t *frame = json_object();
    json_put(frame, "name", json_text(name));
    json_add(frames, frame);
    return (uint32_t)json_array_size(frames) - 1;
}

/* The functions, and what else has a name. */
static void write_frames(struct speedscope *speedscope)
{
    const struct tree *tree = speedscope->tree;
    json_t *frames = json_array();
    for (size_t i = 0; i < tree->function_count; i++)
        json_add(frames, frame_of(&tree->functions[i]));
    for (size_t i = 1; i < tree->node_count; i++)
        speedscope->frames[i] = tree->nodes[i].label ? add_frame(frames, tree->nodes[i].label)
                                                     : tree->nodes[i].function;
    speedscope->outside = add_frame(frames, EXPORT_OUTSIDE);
    speedscope->unattributed = add_frame(frames, EXPORT_UNATTRIBUTED);
    json_write_line(speedscope->stream, frames);
    json_decref(frames);
}

static void write_event(struct speedscope *speedscope, char type, uint32_t frame)
{
    fprintf(speedscope->stream, "%s\n{\"type\":\"%c\",\"frame\":%" PRIu32 ",\"at\":%" PRId64 "}",
            speedscope->first ? "" : ",", type, frame, speedscope->at);
    speedscope->first = false;
}

static void write_leaf(struct speedscope *speedscope, uint32_t frame, int64_t ns)
{
    if (ns <= 0)
        return;
    write_event(speedscope, 'O', frame);
    speedscope->at = database_sum(speedscope->at, ns);
    write_event(speedscope, 'C', frame);
}

/* A node's own part comes behind its children. */
static void close_node(struct speedscope *speedscope, uint32_t node, bool times)
{
    const struct tree_node *closed = &speedscope->tree->nodes[node];
    if (times && closed->label)
        write_leaf(speedscope, speedscope->outside, closed->self_ns);
    else
        speedscope->at =
            database_sum(speedscope->at, export_amount(times ? closed->self_ns : closed->calls));
    if (node)
        write_event(speedscope, 'C', speedscope->frames[node]);
}

static void write_events(struct speedscope *speedscope, bool times)
{
    const struct tree *tree = speedscope->tree;
    uint32_t *open = memory_array(tree->node_count, sizeof *open);
    size_t count = 1; /* the root, which has no event */
    for (uint32_t i = 1; i < tree->node_count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (times && node->cumulative_ns <= 0)
            continue;
        while (tree->nodes[open[count - 1]].depth >= node->depth)
            close_node(speedscope, open[--count], times);
        open[count++] = i;
        write_event(speedscope, 'O', speedscope->frames[i]);
    }
    while (count)
        close_node(speedscope, open[--count], times);
    if (times)
        write_leaf(speedscope, speedscope->unattributed, speedscope->times->unattributed_ns);
    free(open);
}

static void write_profile(struct speedscope *speedscope, bool times)
{
    speedscope->at = 0;
    speedscope->first = true;
    fprintf(speedscope->stream,
            "{\"type\":\"evented\",\"name\":\"%s\",\"unit\":\"%s\",\"startValue\":0,\"events\":[",
            times ? "time" : "calls", times ? "nanoseconds" : "none");
    write_events(speedscope, times);
    fprintf(speedscope->stream, "],\n\"endValue\":%" PRId64 "}", speedscope->at);
}

static void write_file(struct speedscope *speedscope)
{
    fputs("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
          "\"exporter\":\"profinst\",\"shared\":{\"frames\":",
          speedscope->stream);
    write_frames(speedscope);
    fputs("},\"profiles\":[", speedscope->stream);
    if (export_has_times(speedscope->tree)) {
        write_profile(speedscope, true);
        fputs(",\n", speedscope->stream);
    }
    write_profile(speedscope, false);
    fputs("]}\n", speedscope->stream);
}

enum status export_speedscope(FILE *stream, struct database *database)
{
    struct export_times times;
    struct tree tree = {0};
    enum status status = export_query_times(&times, database);
    if (status == STATUS_OK)
        status = tree_query(&tree, database, TREE_PROGRAMS);
    if (status == STATUS_OK) {
        struct speedscope speedscope = {
            .stream = stream,
            .tree = &tree,
            .times = &times,
            .frames = memory_array(tree.node_count, sizeof *speedscope.frames),
        };
        write_file(&speedscope);
        free(speedscope.frames);
    }
    tree_free(&tree);
    return status;
}
