/* Sides as arguments of commands that else look at one thing. */
#include "sides.h"
#include "source.h"

enum status sides_from_source(struct sides *sides, const struct source *source)
{
    const struct scope *scope = &source->scope;
    const char *chosen = scope->run       ? "--run"
                         : scope->program ? "--program"
                         : scope->process ? "--process"
                         : scope->thread  ? "--thread"
                                          : NULL;
    if (source->file_count != SIDES)
        return fail(STATUS_USAGE, source->command, NULL,
                    "--diff compares two, but %s given; name what was before, and what is after",
                    source->file_count == 0   ? "none is"
                    : source->file_count == 1 ? "one is"
                                              : "more are");
    if (chosen)
        return fail(STATUS_USAGE, source->command, NULL,
                    "%s is of one side, and --diff of two; name runs as run:N", chosen);
    *sides = (struct sides){.command = source->command, .database = source->database};
    for (int i = 0; i < SIDES; i++)
        sides->side[i].text = source->files[i];
    return STATUS_OK;
}
