/* profinst dump: a profile as it is, for those who look for a defect. It settles and checks
 * nothing, so that it shows what there is of a damaged file too. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "image.h"
#include "output.h"
#include "text.h"

struct arguments {
    char **files;
    int file_count;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    (void)argument;
    if (key != ARGP_KEY_ARGS)
        return ARGP_ERR_UNKNOWN;
    arguments->files = state->argv + state->next;
    arguments->file_count = state->argc - state->next;
    return 0;
}

static const struct argp parser = {
    .parser = parse,
    .args_doc = "PROFILE",
    .doc = "Show what a profile file holds, record by record. Of a damaged file it shows what can "
           "be read, and then says what is wrong.\v" COMMAND_EXIT_CODES,
};

static void dump_bytes(FILE *stream, const char *label, const uint8_t *bytes, size_t size)
{
    fprintf(stream, "%s ", label);
    for (size_t i = 0; i < size; i++)
        fprintf(stream, "%02x", bytes[i]);
    fputc('\n', stream);
}

/* `size` bytes of text that may lack their terminator. */
static void dump_text(FILE *stream, const char *label, const char *text, size_t size)
{
    struct pool pool = {0};
    fprintf(stream, "%s %s\n", label,
            text_printable(&pool, pool_format(&pool, "%.*s", (int)strnlen(text, size), text)));
    pool_free(&pool);
}

static void dump_header(FILE *stream, const struct image *image)
{
    const struct profinst_header *header = &image->header;
    fprintf(stream, "version %" PRIu32 "\n", header->version);
    fprintf(stream, "byte_order 0x%08" PRIx32 "\n", header->byte_order);
    fprintf(stream, "header_size %" PRIu32 "\n", header->header_size);
    fprintf(stream, "features 0x%" PRIx32 "\n", header->features);
    dump_bytes(stream, "profile_id", header->profile_id, sizeof header->profile_id);
    dump_bytes(stream, "run_id", header->run_id, sizeof header->run_id);
    fprintf(stream, "size %" PRIu64 " (file %" PRIu64 ")\n", header->size, image->file_size);
    fprintf(stream, "process_id %" PRIu32 "\n", header->process_id);
    fprintf(stream, "parent_process_id %" PRIu32 "\n", header->parent_process_id);
    fprintf(stream, "clock %" PRIu32 "\n", header->clock);
    fprintf(stream, "ended %" PRIu32 "\n", header->ended);
    fprintf(stream, "start ticks %" PRIu64 " monotonic_ns %" PRIu64 "\n", header->start.ticks,
            header->start.monotonic_ns);
    struct profinst_clock_pair latest = profinst_latest(header);
    fprintf(stream, "latest ticks %" PRIu64 " monotonic_ns %" PRIu64 "\n", latest.ticks,
            latest.monotonic_ns);
    fprintf(stream, "start_unix_ns %" PRIu64 "\n", header->start_unix_ns);
    fprintf(stream, "lost_calls %" PRIu64 "\n", header->lost_calls);
    dump_text(stream, "program", header->program, sizeof header->program);
    fprintf(stream, "arguments_size %" PRIu32 "\n", header->arguments_size);
    fprintf(stream, "arguments_cut %" PRIu32 "\n", header->arguments_cut);
    size_t size = header->arguments_size;
    size = size < sizeof header->arguments ? size : sizeof header->arguments;
    for (size_t at = 0; at < size; at += strnlen(header->arguments + at, size - at) + 1)
        dump_text(stream, "argument", header->arguments + at, size - at);
}

static enum status dump_entries(FILE *stream, const struct image *image, const struct chunk *chunk)
{
    enum status status = STATUS_OK;
    struct entry entry = {0};
    while (image_next_entry(image, chunk, &entry, &status)) {
        switch (entry.kind) {
        case PROFINST_ENTRY_OBJECT:
            fprintf(stream, "  object %" PRIu32, entry.id);
            break;
        case PROFINST_ENTRY_SOURCE:
            fprintf(stream, "  source %" PRIu32, entry.id);
            break;
        case PROFINST_ENTRY_FUNCTION:
            fprintf(stream,
                    "  function %" PRIu32 " object %" PRIu32 " source %" PRIu32 " line %" PRIu32,
                    entry.id, entry.object, entry.source, entry.line);
            break;
        default:
            fprintf(stream, "  entry of kind %" PRIu32, entry.kind);
        }
        dump_text(stream, "", entry.text, strlen(entry.text));
    }
    return status;
}

static enum status dump_threads(FILE *stream, const struct image *image, const struct chunk *chunk)
{
    uint64_t count;
    struct profinst_thread thread;
    enum status status = image_records(image, chunk, sizeof thread, &count);
    uint64_t offset = chunk->offset + sizeof chunk->header;
    for (uint64_t i = 0; i < count; i++, offset += sizeof thread) {
        if (!image_take(image, offset, &thread, sizeof thread))
            break;
        fprintf(stream,
                "  thread %" PRIu32 " system_id %" PRIu32 " threads %" PRIu32 " running %" PRIu32
                " root %" PRIu32 " folded %" PRIu32 " started %" PRIu64 " last %" PRIu64
                " current 0x%" PRIx64 " lifetime %" PRIu64,
                thread.number, thread.system_id, thread.threads, thread.running, thread.root,
                thread.folded, thread.started, thread.last, thread.current, thread.lifetime);
        dump_text(stream, " name", thread.name, sizeof thread.name);
    }
    return status;
}

static enum status dump_contexts(FILE *stream, const struct image *image, const struct chunk *chunk)
{
    uint64_t count;
    struct profinst_context context;
    enum status status = image_records(image, chunk, sizeof context, &count);
    uint64_t offset = chunk->offset + sizeof chunk->header;
    for (uint64_t i = 0; i < count; i++, offset += sizeof context) {
        if (!image_take(image, offset, &context, sizeof context))
            break;
        fprintf(stream, "  context %" PRIu64 " parent %" PRIu32 " function %" PRIu32,
                offset / PROFINST_REFERENCE_UNIT, context.parent, context.function);
        if (context.target)
            fprintf(stream, " recursive to %" PRIu32, context.target);
        fprintf(stream, " calls %" PRIu64 " self %" PRIu64 "\n", context.calls, context.self);
    }
    return status;
}

static enum status dump_chunk(FILE *stream, const struct image *image, const struct chunk *chunk)
{
    const struct profinst_chunk *header = &chunk->header;
    static const char *const names[] = {
        [PROFINST_CHUNK_NAMES] = "names",
        [PROFINST_CHUNK_THREADS] = "threads",
        [PROFINST_CHUNK_CONTEXTS] = "contexts",
    };
    fprintf(stream, "chunk at %" PRIu64 " kind %" PRIu32, chunk->offset, header->kind);
    fprintf(stream, " (%s)",
            header->kind < sizeof names / sizeof *names ? names[header->kind] : "unknown");
    if (header->kind == PROFINST_CHUNK_CONTEXTS)
        fprintf(stream, " thread %" PRIu32, header->thread);
    fprintf(stream, " size %" PRIu64 " used %" PRIu64 " address 0x%" PRIx64 "\n", header->size,
            header->used, header->address);
    switch (header->kind) {
    case PROFINST_CHUNK_NAMES:
        return dump_entries(stream, image, chunk);
    case PROFINST_CHUNK_THREADS:
        return dump_threads(stream, image, chunk);
    case PROFINST_CHUNK_CONTEXTS:
        return dump_contexts(stream, image, chunk);
    default:
        return STATUS_OK;
    }
}

static enum status dump(FILE *stream, const struct image *image)
{
    dump_header(stream, image);
    /* A truncated file, or one of another version, may still have chunks to show. */
    enum status status = image_check(image);
    if (image->header.byte_order != PROFINST_BYTE_ORDER)
        return status;
    enum status walk = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (walk == STATUS_OK && image_next_chunk(image, &chunk, &walk))
        walk = dump_chunk(stream, image, &chunk);
    return status != STATUS_OK ? status : walk;
}

enum status command_dump(int argc, char **argv)
{
    struct arguments arguments = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    if (arguments.file_count != 1)
        return fail(STATUS_USAGE, "dump", NULL, "%d profiles given; name one",
                    arguments.file_count);
    struct image image;
    enum status status = image_open(&image, arguments.files[0]);
    if (status == STATUS_UNMADE)
        status = image_pass_over(arguments.files[0], 1, 1);
    if (status != STATUS_OK)
        return status;
    struct output output;
    output_begin(&output);
    status = dump(output.stream, &image);
    image_close(&image);
    enum status written = output_end(&output, NULL);
    return status != STATUS_OK ? status : written;
}
