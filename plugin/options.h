/* What the user asks of the plugin: -fplugin-arg-profinst-NAME=VALUE, PROFINST_PLUGIN_ARGS. What
 * reads them is in bridge.h; rules go to rules.h. */
#ifndef PROFINST_OPTIONS_H
#define PROFINST_OPTIONS_H

#include <stdbool.h>

/* False until there was an occasion to read them: where clang has not handed them over. */
bool options_known(void);

/* Calls of functions that are inlined are counted. */
bool option_inlined(void);

/* What times are taken from unless PROFINST_TIMING says otherwise: enum profinst_timing; 0: not
 * said.
 */
unsigned option_timing(void);

/* Calls of the function are recorded although it is not part of the build. */
bool option_external(const char *linkage_name);

/* Any such are asked for. */
bool option_external_any(void);

#endif
