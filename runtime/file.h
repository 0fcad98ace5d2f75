/* The profile file, mapped shared, so that the kernel keeps what was counted when the process dies.
 * All functions are called within a section, under the lock once there are several threads. */
#ifndef PROFINST_FILE_H
#define PROFINST_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "profinst_format.h"

/* The header of the profile, NULL before there is one. */
extern struct profinst_header *profinst__header;

/* Makes the file for a pattern (see path.h; NULL for the default) and fills in the header but for
 * the clock and the magic. On failure says so on standard error and returns false. */
bool profinst__file_create(const char *pattern);

/* Writes the magic: the header is complete, and the file a profile from now on. */
void profinst__file_sign(void);

/* A chunk of the file. What it holds is the business of whoever appended it. */
struct profinst__chunk {
    struct profinst_chunk *mapped;
    /* As in the file, which another process may go on writing after a fork, and somebody else may
     * cut short. */
    enum profinst_chunk_kind kind;
    uint64_t offset;
    uint64_t size;
    uint64_t used;
};

/* Appends a chunk with room for `size` bytes, or less, but no less than `least`. It is kept for
 * ever. NULL when the file cannot grow (said once on standard error); never tried again after that.
 */
struct profinst__chunk *profinst__file_append(enum profinst_chunk_kind kind, uint32_t thread,
                                              uint64_t size, uint64_t least);

/* Writes a pair of clock readings into the header as the latest, and what was used by then. */
void profinst__file_note_clock(struct profinst_clock_pair pair);

/* Takes `size` bytes from the chunk, or NULL when it is full. They are part of the profile only
 * after profinst__file_publish, so that what they hold can be written first. */
void *profinst__file_take(struct profinst__chunk *chunk, uint64_t size);
void profinst__file_publish(struct profinst__chunk *chunk, uint64_t size);

/* The reference of a mapped record, and back; the way back is free to everyone at any time. */
uint32_t profinst__reference(const void *record);
void *profinst__address(uint32_t reference);

/* In the child of a fork: puts a new file, with the content of the moment of the fork, under the
 * same addresses; to be signed when the counts in it are the child's. False if that fails, said on
 * standard error: all is the parent's then, and may not be written. */
bool profinst__file_fork(void);

/* In a child that records nothing: from now on `profinst__header` and the chunks are memory that
 * nobody reads, and nothing can be appended. */
void profinst__file_let_go(void);

/* Puts memory in the place of a page of the file that cannot be reached any more, so that it can be
 * written again; that the profile is lost is said on standard error. False if the address is not in
 * the file. Safe in a signal handler. */
bool profinst__file_cover(const void *address);

/* Calls `visit` for every chunk. */
void profinst__file_each(void (*visit)(struct profinst__chunk *chunk));

#endif
