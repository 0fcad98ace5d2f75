/* A gzip file that is written bit by bit. */
#ifndef PROFINST_ANALYZER_GZIP_H
#define PROFINST_ANALYZER_GZIP_H

#include <stddef.h>
#include <stdio.h>
#include <zlib.h>

struct gzip {
    FILE *stream;
    z_stream state;
};

/* Each begin ends in one end. What cannot be for lack of memory ends the command. */
void gzip_begin(struct gzip *gzip, FILE *stream);
void gzip_write(struct gzip *gzip, const void *bytes, size_t size);
void gzip_end(struct gzip *gzip);

#endif
