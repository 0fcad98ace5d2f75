/* What the profile calls things: the entries of its NAMES chunks. Called within a section, under
 * the lock. */
#ifndef PROFINST_NAMES_H
#define PROFINST_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "profinst_format.h"

/* What an entry says. */
struct profinst__name {
    enum profinst_entry_kind kind;
    /* What it is known by: the fields behind `id` (of CODE: function, flags and frame_count; of
     * others: object, source and line), and the frames or the text, with its NUL. */
    uint32_t fields[3];
    const void *content;
    size_t content_size;
    /* Beside that; not of CODE. */
    uint32_t flags;
    const char *shown; /* NAMED */
};

/* The id of the entry that says this; it is added if there is none yet, and `added` (or NULL) set
 * to true. An entry of a function that is switched off says so. 0 if the profile cannot grow, or
 * memory is out. */
uint32_t profinst__name_id(const struct profinst__name *name, bool *added);

/* The same for an entry that is nothing but text. */
uint32_t profinst__name_text(enum profinst_entry_kind kind, const char *text);

#endif
