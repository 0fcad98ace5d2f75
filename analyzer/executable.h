/* What an ELF file says of how it was built. */
#ifndef PROFINST_ANALYZER_EXECUTABLE_H
#define PROFINST_ANALYZER_EXECUTABLE_H

#include "memory.h"

/* Each is NULL if it does not say; in the pool. */
struct executable {
    const char *build_id; /* hex */
    const char *compiler; /* as clang named itself: "Debian clang version 14.0.6" */
    const char *flags;    /* command lines of clang, where -frecord-command-line told them */
    const char *digest;   /* SHA-256 of the file; of one that is no ELF file, too */
};

/* A file that cannot be read says nothing. Nothing in it is trusted. */
struct executable executable_read(struct pool *pool, const char *path);

#endif
