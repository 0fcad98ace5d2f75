/* What the fuzz targets share: input that looks like a file, output that looks like a terminal, and
 * the rules that every output keeps, whatever the input. */
#ifndef PROFINST_FUZZ_H
#define PROFINST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "profile.h"

/* A rule that is broken is a finding: it says so and aborts. */
#define RULE(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_broken(#condition, __FILE__, __LINE__);                                           \
    } while (0)
_Noreturn void fuzz_broken(const char *rule, const char *file, int line);

/* A profile's header, with room behind it for chunks to begin where they may. */
enum {
    HEADER_SIZE = (sizeof(struct profinst_header) + PROFINST_REFERENCE_UNIT - 1) /
                  PROFINST_REFERENCE_UNIT * PROFINST_REFERENCE_UNIT
};

/* A file with these bytes, in memory; the next one takes its place. */
const char *fuzz_file(const void *bytes, size_t size);

/* Between the two, messages go to memory; at the end they are looked at. */
void fuzz_hear_messages(void);
void fuzz_check_messages(void);

/* Text fit to be shown: UTF-8 without controls, invisible characters and what reorders text. Line
 * feeds are allowed, and the other `controls` that a format has. */
void fuzz_check_text(const char *bytes, size_t size, const char *controls);

/* Runs `profinst dump` and looks at what it prints. */
void fuzz_dump(const char *path);

/* Asks the database for everything that there is to report and to draw, writes it in every format,
 * reads that back and compares. */
void fuzz_check_outputs(struct database *database);

/* Draws flame graphs of it. */
void fuzz_check_flame(struct database *database);

/* Makes a page of it, and compares what is in the page. */
void fuzz_check_page(struct database *database);

/* The same for the formats of `profinst export`; the database may be forged. */
void fuzz_check_exports(struct database *database);

/* The way of a profile: reads the file and, if it is accepted, loads it, checks what the database
 * holds and every output. */
void fuzz_profile(const char *path, void (*look)(const struct profile *profile));

#endif
