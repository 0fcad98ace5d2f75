/* The sections of the configuration file that have names of their own: rules of the gate, and what
 * it puts up with. */
#ifndef PROFINST_ANALYZER_CONFIG_GATE_H
#define PROFINST_ANALYZER_CONFIG_GATE_H

#include <stdbool.h>

#include "config.h"

/* As it begins: "rule NAME" or "allow NAME". */
bool config_gate_is_section(const char *section);

/* These return NULL, or what is wrong, in the pool. The section is the one that began last. */
const char *config_gate_begin(struct config *config, struct pool *pool, const char *section,
                              int line);
const char *config_gate_set(struct config *config, struct pool *pool, const char *section,
                            const char *name, const char *text, bool *wrong_name);
const char *config_gate_end(struct config *config, struct pool *pool, const char *section);

#endif
