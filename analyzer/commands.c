#include <stddef.h>

#include "command.h"

/* clang-format off */
const struct command *const commands[] = {
    &command_report,
    &command_annotate,
    &command_graph,
    &command_flame,
    &command_html,
    &command_diff,
    &command_check,
    &command_history,
    &command_export,
    &command_run,
    &command_load,
    &command_series,
    &command_baseline,
    &command_query,
    &command_schema,
    &command_init,
    &command_selection,
    &command_suggest_filter,
    &command_dump,
    &command_completion,
    NULL,
};
/* clang-format on */
