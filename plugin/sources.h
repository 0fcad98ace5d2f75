/* What the source says about the functions of a module. */
#ifndef PROFINST_SOURCES_H
#define PROFINST_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

/* What its attributes ask for a function, the weakest first. */
enum source_wish {
    SOURCE_NO_WISH,
    SOURCE_XRAY_ALWAYS,   /* xray_always_instrument */
    SOURCE_ALWAYS,        /* PROFINST_ALWAYS */
    SOURCE_XRAY_NEVER,    /* xray_never_instrument */
    SOURCE_NO_INSTRUMENT, /* no_instrument_function */
    SOURCE_NEVER,         /* PROFINST_NEVER */
};

struct source_place {
    const char *file; /* as the compiler was given it; "" if unknown */
    unsigned line;    /* 0 if unknown */
    const char *name; /* PROFINST_NAME; NULL if there is none */
    enum source_wish wish;
};

/* False where no source was read: the module came from bitcode, or the pass was loaded alone. */
bool sources_known(void);

/* Where the source defines the function; NULL if it does not: the compiler made the function up, or
 * it stands in a system header. */
const struct source_place *sources_find(const char *linkage_name);

/* A copy of a file's name, kept for ever. They come many times over; each is kept once. */
const char *sources_keep(const char *file);

/* The name that the source gives to a function, from its name in the module: without the mark \1,
 * and without those of a copy which the optimizer made for some of the callers, and of a static
 * function whose name the compiler was told to make unique. Owned by the caller. */
char *sources_name(const char *linkage_name);

#endif
