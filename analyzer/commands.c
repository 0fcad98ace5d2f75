#include <stddef.h>

#include "command.h"

const struct command *const commands[] = {
    &command_report,
    &command_annotate,
    &command_graph,
    &command_flame,
    &command_html,
    &command_export,
    &command_diff,
    &command_check,
    &command_load,
    &command_query,
    &command_schema,
    &command_selection,
    &command_suggest_filter,
    &command_dump,
    &command_init,
    &command_completion,
    NULL,
};
