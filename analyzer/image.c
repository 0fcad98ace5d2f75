#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

static const char cannot_read[] = "cannot read profile";
static const char cut_short[] = "copy the file again, or record the program again";

enum { CHUNK_ALIGNMENT = PROFINST_REFERENCE_UNIT };

enum status image_damaged(const struct image *image, const char *format, ...)
{
    if (image->quiet)
        return STATUS_INPUT;
    va_list arguments;
    va_start(arguments, format);
    char why[512];
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    return fail(STATUS_INPUT, cannot_read, image->path, "damaged: %s; %s", why, cut_short);
}

bool image_take(const struct image *image, uint64_t offset, void *to, uint64_t size)
{
    if (offset > image->size || size > image->size - offset)
        return false;
    memcpy(to, image->bytes + offset, size);
    return true;
}

/* As much as there is, up to `size`; -1 with errno on failure. */
static int64_t read_at(int file, void *to, uint64_t size, uint64_t offset)
{
    uint64_t done = 0;
    while (done < size) {
        ssize_t step = pread(file, (char *)to + done, size - done, (off_t)(offset + done));
        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return -1;
        if (step == 0)
            break;
        done += (uint64_t)step;
    }
    return (int64_t)done;
}

static enum status cannot(const char *path, int error)
{
    return fail(STATUS_INPUT, cannot_read, path, "%s; give the path of a readable profile",
                strerror(error));
}

enum status image_pass_over(const char *path, int unmade, int files)
{
    if (unmade < files) {
        warn("passed over", path, "it is empty: its process was killed before it counted anything");
        return STATUS_OK;
    }
    return fail(STATUS_INPUT, cannot_read, path,
                "it is empty: no profinst profile, or its process was killed before it counted "
                "anything; give a file that an instrumented program wrote");
}

static enum status read_header(struct image *image, int file)
{
    int64_t length = read_at(file, &image->header, sizeof image->header, 0);
    if (length < 0)
        return cannot(image->path, errno);
    static const char no_magic[sizeof image->header.magic];
    if (length == 0 || ((size_t)length >= sizeof no_magic &&
                        memcmp(image->header.magic, no_magic, sizeof no_magic) == 0))
        return STATUS_UNMADE;
    if ((size_t)length < sizeof image->header.magic ||
        memcmp(image->header.magic, PROFINST_MAGIC, sizeof image->header.magic) != 0)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "not a profinst profile; give a file that an instrumented program wrote");
    if ((size_t)length < sizeof image->header)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "truncated: %" PRId64 " bytes, at least %zu expected; %s", length,
                    sizeof image->header, cut_short);
    return STATUS_OK;
}

static enum status read_all(struct image *image, int file)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return cannot(image->path, errno);
    if (!S_ISREG(about.st_mode))
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "not a regular file; give the path of a profile");
    enum status status = read_header(image, file);
    if (status != STATUS_OK)
        return status;

    /* A living process makes the file longer first and then says so in the header. So the file is
     * measured after the header was read, and the header is not read again. */
    if (fstat(file, &about) != 0)
        return cannot(image->path, errno);
    image->file_size = (uint64_t)about.st_size;
    image->size = image->header.size < image->file_size ? image->header.size : image->file_size;
    image->bytes = memory_take(image->size);
    int64_t length = read_at(file, image->bytes, image->size, 0);
    if (length < 0) {
        int error = errno;
        free(image->bytes);
        return cannot(image->path, error);
    }
    image->size = (uint64_t)length; /* less only if somebody cut the file meanwhile */
    return STATUS_OK;
}

enum status image_open(struct image *image, const char *path)
{
    *image = (struct image){.path = path};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not make us wait */
    if (file < 0)
        return cannot(path, errno);
    enum status status = read_all(image, file);
    close(file);
    return status;
}

void image_close(struct image *image)
{
    free(image->bytes);
    image->bytes = NULL;
}

bool image_unchanged(const struct image *image)
{
    enum { BLOCK = 1 << 18 };
    int file = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    char *block = memory_take(BLOCK);
    struct profinst_header header;
    bool same = read_at(file, &header, sizeof header, 0) == sizeof header &&
                header.size == image->header.size;
    for (uint64_t done = 0; same && done < image->size; done += BLOCK) {
        uint64_t size = image->size - done < BLOCK ? image->size - done : BLOCK;
        same = read_at(file, block, size, done) == (int64_t)size &&
               memcmp(block, image->bytes + done, size) == 0;
    }
    free(block);
    close(file);
    return same;
}

static enum status check_version(const struct image *image)
{
    const struct profinst_header *header = &image->header;
    if (header->byte_order == __builtin_bswap32(PROFINST_BYTE_ORDER))
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "written on a machine of the other byte order; read it on such a machine");
    if (header->byte_order != PROFINST_BYTE_ORDER)
        return image_damaged(image, "byte order mark 0x%08" PRIX32, header->byte_order);
    if (header->version > PROFINST_FORMAT_VERSION)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "from a newer profinst (format %" PRIu32
                    ", this one reads %u); update profinst",
                    header->version, PROFINST_FORMAT_VERSION);
    if (header->version == 0)
        return image_damaged(image, "format version 0");
    if (header->version < PROFINST_FORMAT_VERSION)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "from an older profinst (format %" PRIu32
                    ", this one reads %u); build the program anew and record it again",
                    header->version, PROFINST_FORMAT_VERSION);
    if (header->features & ~PROFINST_FEATURES)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "from a newer profinst (unknown features 0x%" PRIX32 "); update profinst",
                    header->features & ~PROFINST_FEATURES);
    return STATUS_OK;
}

enum status image_check(const struct image *image)
{
    const struct profinst_header *header = &image->header;
    enum status status = check_version(image);
    if (status != STATUS_OK)
        return status;
    if (header->header_size < sizeof *header || header->header_size % CHUNK_ALIGNMENT != 0)
        return image_damaged(image, "header of %" PRIu32 " bytes", header->header_size);
    if (header->size < header->header_size)
        return image_damaged(image, "size of %" PRIu64 " bytes, smaller than its header",
                             header->size);
    if (image->size < header->size)
        return fail(STATUS_INPUT, cannot_read, image->path,
                    "truncated: %" PRIu64 " bytes, %" PRIu64 " expected; %s", image->size,
                    header->size, cut_short);
    if (header->clock < PROFINST_CLOCK_TSC || header->clock > PROFINST_CLOCK_MONOTONIC)
        return image_damaged(image, "unknown clock %" PRIu32, header->clock);
    if (header->timing < PROFINST_TIMING_EXACT || header->timing > PROFINST_TIMING_COUNTS)
        return image_damaged(image, "unknown timing %" PRIu32, header->timing);
    if (!memchr(header->program, '\0', sizeof header->program))
        return image_damaged(image, "program path without an end");
    if (header->arguments_size > sizeof header->arguments ||
        (header->arguments_size > 0 && header->arguments[header->arguments_size - 1] != '\0'))
        return image_damaged(image, "arguments without an end");
    return STATUS_OK;
}
