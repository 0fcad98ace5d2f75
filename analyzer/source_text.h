/* Source files, as they are found where a program was compiled from. */
#ifndef PROFINST_ANALYZER_SOURCE_TEXT_H
#define PROFINST_ANALYZER_SOURCE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"

/* Zero it to begin. */
struct source_text {
    const char *path; /* where it was found; in the pool */
    char *bytes;
    const char **lines; /* each is NUL-terminated, and holds anything but NUL and line feed */
    size_t line_count;
    int64_t changed_unix_ns; /* when it was last written to */
};

/* Looks for the file in the folders, of which each may have it with some of the folders of its path
 * or by its name alone, and then at the path itself, seen from the working directory. If it is
 * nowhere, or no text, says so. source_text_free in any case. */
enum status source_text_open(struct source_text *text, struct pool *pool, const char *path,
                             const char *const *folders, size_t folder_count);
void source_text_free(struct source_text *text);

#endif
