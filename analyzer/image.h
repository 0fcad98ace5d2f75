/* The bytes of a profile file, and a walk over its chunks and entries.
 *
 * An image is a copy of the file at one moment; the process that writes it may go on. Nothing in it
 * is trusted: every access goes through image_take, which checks the bounds. */
#ifndef PROFINST_ANALYZER_IMAGE_H
#define PROFINST_ANALYZER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "profinst_format.h"

struct image {
    const char *path; /* borrowed from the caller of image_open */
    uint8_t *bytes;
    uint64_t size;      /* bytes held: at most header.size, as the header said when it was read */
    uint64_t file_size; /* bytes the file had */
    bool quiet;         /* damage is returned, but not told */
    struct profinst_header header;
};

/* Copies the file. Fails if it cannot be read or does not begin like a profile; STATUS_UNMADE is a
 * failure that has not been printed: see profile_open. Whether it is whole and of a version that
 * can be read is image_check's question. On failure nothing is owned. */
enum status image_open(struct image *image, const char *path);
void image_close(struct image *image);

/* Passes over a profile that is STATUS_UNMADE, with a warning; but if so are all `files` of them,
 * of which this is number `unmade`, says that there is nothing to read and returns STATUS_INPUT. */
enum status image_pass_over(const char *path, int unmade, int files);

/* Checks the header: version, byte order, features, sizes, strings. */
enum status image_check(const struct image *image);

/* Whether the file still is, to the byte, what was copied. */
bool image_unchanged(const struct image *image);

/* Copies `size` bytes at `offset`; false if they do not all lie in the image. */
bool image_take(const struct image *image, uint64_t offset, void *to, uint64_t size);

/* Says that the profile is damaged, and how; returns STATUS_INPUT. */
enum status image_damaged(const struct image *image, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A position in the walk over the chunks; begin with image_chunks. */
struct chunk {
    uint64_t offset;
    uint64_t next;
    struct profinst_chunk header;
};

struct chunk image_chunks(const struct image *image);

/* Steps to the next chunk. False at the end, and on a chunk that breaks its bounds: then *status is
 * no longer STATUS_OK. */
bool image_next_chunk(const struct image *image, struct chunk *chunk, enum status *status);

/* A position in the walk over the entries of a NAMES chunk; begin with {0}. What the kind of an
 * entry does not have is 0, "" or NULL. */
struct entry {
    uint64_t next; /* bytes behind the chunk's header */
    uint32_t kind, id, flags;
    uint32_t object, source, line;
    uint32_t function, frame_count; /* of code */
    const char *text;               /* in the image, NUL-terminated */
    const char *name;               /* the same; of a NAMED function: the name to show */
    uint64_t frames;                /* offset of the code's frames, which lie in the image */
};

/* Like image_next_chunk. */
bool image_next_entry(const struct image *image, const struct chunk *chunk, struct entry *entry,
                      enum status *status);

/* Frame `index`, below frame_count, of an entry that is code. */
struct profinst_code_frame image_frame(const struct image *image, const struct entry *entry,
                                       uint32_t index);

/* A position in the walk over the records of a SELECTIONS chunk; begin with {0}. */
struct selection {
    uint64_t next; /* bytes behind the chunk's header */
    uint32_t unit;
    uint32_t packed_size, unpacked_size; /* the latter as the file claims it */
    const uint8_t *packed;               /* in the image */
};

/* Like image_next_chunk. */
bool image_next_selection(const struct image *image, const struct chunk *chunk,
                          struct selection *selection, enum status *status);

/* How many records of `size` bytes a chunk holds; a rest that fills no record is damage. */
enum status image_records(const struct image *image, const struct chunk *chunk, uint64_t size,
                          uint64_t *count);

#endif
