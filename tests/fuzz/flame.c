/* The flame graph: whatever names and numbers are, it is one XML document with the elements that
 * the drawing has, and its frames stay where they belong. */
#define _GNU_SOURCE
#include <string.h>

#include "flame.h"
#include "fuzz.h"
#include "output.h"

static size_t count(const char *text, const char *what)
{
    size_t found = 0, length = strlen(what);
    for (; *text; text++) /* strstr measures all of the rest each time under the sanitizer */
        found += *text == *what && strncmp(text, what, length) == 0;
    return found;
}

static void check_frames(const struct flame *flame)
{
    for (size_t i = 0; i < flame->frame_count; i++) {
        const struct flame_frame *frame = &flame->frames[i];
        RULE(frame->begin >= 0 && frame->width >= 0 && frame->begin + frame->width <= 1 + 1e-9);
        RULE(frame->color >= 0 && frame->color < FLAME_COLORS);
    }
}

static void check_flame(struct database *database, struct flame_options options)
{
    struct flame flame;
    struct output output;
    options.width = 1200;
    if (flame_query(&flame, database, &options) == STATUS_OK) { /* contexts may be no tree */
        check_frames(&flame);
        output_begin(&output);
        flame_write(output.stream, &flame);
        fflush(output.stream);
        fuzz_check_text(output.bytes, output.size, "");
        RULE(strlen(output.bytes) == output.size);
        RULE(count(output.bytes, "<svg class=\"f ") == flame.frame_count);
        RULE(count(output.bytes, "</svg>") == flame.frame_count + 1);
        RULE(count(output.bytes, "<title>") == flame.frame_count + 1);
        RULE(count(output.bytes, "<script") == 2 && count(output.bytes, "]]>") == 2);
        output_abandon(&output);
    }
    flame_free(&flame);
}

void fuzz_check_flame(struct database *database)
{
    check_flame(database, (struct flame_options){.groups = TREE_THREADS});
    check_flame(database, (struct flame_options){.value = FLAME_CALLS, .limit = 7, .icicle = true});
}
