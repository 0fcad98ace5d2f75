/* The record of what was selected in a module, and why: struct profinst_choice. */
#ifndef PROFINST_CHOICE_H
#define PROFINST_CHOICE_H

#include "profinst_format.h"
#include "rules.h"
#include "sources.h"

struct choice {
    const uint8_t *packed; /* valid until the next select_module; NULL: nothing */
    uint32_t packed_size, unpacked_size, digest;
};

struct choice choice_record(void);

/* Starts a record anew, adds one function and the rule that decided, and ends it: with all rules
 * given, and those of the `own` that decided anything. */
void choice_begin(void);
void choice_add(const char *linkage_name, const struct source_place *place, const struct rule *rule,
                uint32_t size, uint64_t fingerprint);

/* Says that sites are told, and adds one: of struct profinst_choice_site, whose strings have the
 * offsets that choice_text has returned. */
void choice_tell_sites(void);
void choice_add_site(const struct profinst_choice_site *site);
uint32_t choice_text(const char *text);
void choice_end(const struct rule *own, size_t own_count);

#endif
