#include "gzip.h"

#include "error.h"

enum { BUFFER = 16 * 1024, GZIP_FORMAT = 16 /* is added to the size of the window */ };

void gzip_begin(struct gzip *gzip, FILE *stream)
{
    *gzip = (struct gzip){.stream = stream};
    if (deflateInit2(&gzip->state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_FORMAT + MAX_WBITS,
                     MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        out_of_memory();
}

/* Until nothing is left to do. */
static void deflate_all(struct gzip *gzip, int flush)
{
    unsigned char buffer[BUFFER];
    do {
        gzip->state.next_out = buffer;
        gzip->state.avail_out = BUFFER;
        deflate(&gzip->state, flush);
        fwrite(buffer, 1, BUFFER - gzip->state.avail_out, gzip->stream);
    } while (gzip->state.avail_out == 0);
}

void gzip_write(struct gzip *gzip, const void *bytes, size_t size)
{
    gzip->state.next_in = (unsigned char *)bytes; /* not written to */
    gzip->state.avail_in = (unsigned)size;
    deflate_all(gzip, Z_NO_FLUSH);
}

void gzip_end(struct gzip *gzip)
{
    gzip->state.avail_in = 0;
    deflate_all(gzip, Z_FINISH);
    deflateEnd(&gzip->state);
}
