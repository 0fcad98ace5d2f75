/* Output that is whole or not there: it is gathered in memory, written beside its place, and
 * renamed. */
#ifndef PROFINST_ANALYZER_OUTPUT_H
#define PROFINST_ANALYZER_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

#include "error.h"

struct output {
    FILE *stream; /* write here; it is memory, and only output_end can fail */
    char *bytes;
    size_t size;
};

void output_begin(struct output *output);

/* Puts what was gathered into the file, or to standard output if `path` is NULL. The file is then
 * either complete or as it was before. Ends the output in any case. */
enum status output_end(struct output *output, const char *path);

/* Ends the output and writes nothing. */
void output_abandon(struct output *output);

/* The same for bytes that are at hand already. */
enum status output_write(const char *path, const char *bytes, size_t size);

/* Writes to an open file. 0, or errno. */
int output_bytes(int file, const char *bytes, size_t size);

/* Fails if it can be seen already that output_end will fail: before long work. */
enum status output_check(const char *path);

/* Says that the output cannot be written, and why. */
enum status output_failed(const char *path, int error);

#endif
