#include <stddef.h>

#include "command.h"

const struct command *const commands[] = {
    &command_report,         &command_annotate, &command_graph,      &command_flame,
    &command_html,           &command_export,   &command_load,       &command_baseline,
    &command_history,        &command_query,    &command_schema,     &command_selection,
    &command_suggest_filter, &command_dump,     &command_completion, NULL,
};
