#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "error.h"
#include "memory.h"
#include "page.h"

static void write_base64(FILE *stream, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        fputc(digits[group >> 18], stream);
        fputc(digits[group >> 12 & 63], stream);
        fputc(left > 1 ? digits[group >> 6 & 63] : '=', stream);
        fputc(left > 2 ? digits[group & 63] : '=', stream);
    }
}

void page_pack(FILE *stream, const char *bytes, size_t size)
{
    uLongf packed_size = compressBound(size);
    unsigned char *packed = memory_take(packed_size);
    if (compress2(packed, &packed_size, (const Bytef *)bytes, size, Z_DEFAULT_COMPRESSION) != Z_OK)
        out_of_memory();
    write_base64(stream, packed, packed_size);
    free(packed);
}

void page_fill(FILE *stream, const struct page_shell *shell, struct output *data)
{
    if (ferror(data->stream) || fflush(data->stream) != 0)
        out_of_memory();
    fwrite(shell->head, 1, (size_t)(shell->head_end - shell->head), stream);
    page_pack(stream, data->bytes, data->size);
    fwrite(shell->tail, 1, (size_t)(shell->tail_end - shell->tail), stream);
    output_abandon(data);
}
