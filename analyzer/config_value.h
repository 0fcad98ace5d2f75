/* Values of the configuration file: how they are written. */
#ifndef PROFINST_ANALYZER_CONFIG_VALUE_H
#define PROFINST_ANALYZER_CONFIG_VALUE_H

#include "config.h"

/* False if it is none of this kind. */
bool config_value_parse(const struct config_entry *entry, const char *text, double *value);

/* What would be one: "a share from 0 % to 100 %, like 25 %". May be in the pool. */
const char *config_value_right(struct pool *pool, const struct config_entry *entry);

/* A limit of a rule on that. NULL, or what would be one. */
const char *config_value_limit(enum gate_what what, const char *text, struct gate_limit *limit);

/* What was meant among these, which end in NULL: "did you mean 'x'?", "there are x, y". */
const char *config_value_meant(struct pool *pool, const char *written, const char *const *names);

/* "fail, warn or note". */
const char *config_value_list(struct pool *pool, const char *const *words);

#endif
