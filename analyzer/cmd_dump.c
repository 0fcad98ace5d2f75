/* profinst dump: a profile as it is, for those who look for a defect. It settles and checks
 * nothing, so that it shows what there is of a damaged file too. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

static void dump_usage(FILE *stream, const char *label, struct profinst_usage usage)
{
    fprintf(stream, "%s user_ns %" PRIu64 " system_ns %" PRIu64 " peak_bytes %" PRIu64 "\n", label,
            usage.user_ns, usage.system_ns, usage.peak_bytes);
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
    fprintf(stream, "event_cost %" PRIu32 "\n", header->event_cost);
    fprintf(stream, "start_unix_ns %" PRIu64 "\n", header->start_unix_ns);
    fprintf(stream, "lost_calls %" PRIu64 "\n", header->lost_calls);
    fprintf(stream, "timing %" PRIu32 "\n", header->timing);
    fprintf(stream, "sample_ns %" PRIu32 "\n", header->sample_ns);
    fprintf(stream, "timed inside %" PRIu32 " outside %" PRIu32 "\n", header->timed.inside,
            header->timed.outside);
    fprintf(stream, "counted inside %" PRIu32 " outside %" PRIu32 "\n", header->counted.inside,
            header->counted.outside);
    dump_usage(stream, "start_usage", header->start_usage);
    dump_usage(stream, "latest_usage", profinst_latest_usage(header));
    dump_text(stream, "program", header->program, sizeof header->program);
    fprintf(stream, "arguments_size %" PRIu32 "\n", header->arguments_size);
    fprintf(stream, "arguments_cut %" PRIu32 "\n", header->arguments_cut);
    size_t size = header->arguments_size;
    size = size < sizeof header->arguments ? size : sizeof header->arguments;
    for (size_t at = 0; at < size; at += strnlen(header->arguments + at, size - at) + 1)
        dump_text(stream, "argument", header->arguments + at, size - at);
}

static void dump_code(FILE *stream, const struct image *image, const struct entry *entry)
{
    fprintf(stream, "  code %" PRIu32 " function %" PRIu32 " flags 0x%" PRIx32, entry->id,
            entry->function, entry->flags);
    for (uint32_t i = 0; i < entry->frame_count; i++) {
        struct profinst_code_frame frame = image_frame(image, entry, i);
        fprintf(stream, "%s %" PRIu32 ": function %" PRIu32 " in %" PRIu32, i ? "," : " frames",
                i + 1, frame.function, frame.caller);
    }
    fputc('\n', stream);
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
                    "  function %" PRIu32 " object %" PRIu32 " source %" PRIu32 " line %" PRIu32
                    " flags 0x%" PRIx32,
                    entry.id, entry.object, entry.source, entry.line, entry.flags);
            break;
        case PROFINST_ENTRY_CODE:
            dump_code(stream, image, &entry);
            continue;
        case PROFINST_ENTRY_UNIT:
            fprintf(stream, "  unit %" PRIu32 " object %" PRIu32 " digest 0x%" PRIx32, entry.id,
                    entry.object, entry.line);
            break;
        case PROFINST_ENTRY_FILTER:
            fprintf(stream, "  filter %" PRIu32, entry.id);
            break;
        default:
            fprintf(stream, "  entry of kind %" PRIu32 "\n", entry.kind);
            continue;
        }
        dump_text(stream, "", entry.text, strlen(entry.text));
        if (entry.name)
            dump_text(stream, "    named", entry.name, strlen(entry.name));
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
                " current 0x%" PRIx64 " lifetime %" PRIu64 " making %" PRIu64 " sampled %" PRIu64
                " sampled_ns %" PRIu64 " samples_taken %" PRIu64 " sample_squares %" PRIu64,
                thread.number, thread.system_id, thread.threads, thread.running, thread.root,
                thread.folded, thread.started, thread.last, thread.current, thread.lifetime,
                thread.making, thread.sampled, thread.sampled_ns, thread.samples_taken,
                thread.sample_squares);
        dump_text(stream, " name", thread.name, sizeof thread.name);
    }
    return status;
}

/* How many frames each code has, by its id: they tell how long the records of contexts are. */
struct codes {
    uint64_t *frames;
    size_t count, capacity;
};

/* Damage ends the walk, and is told of when the chunks are shown. */
static struct codes find_codes(struct image image)
{
    image.quiet = true;
    struct codes codes = {0};
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(&image);
    while (image_next_chunk(&image, &chunk, &status)) {
        if (chunk.header.kind != PROFINST_CHUNK_NAMES)
            continue;
        struct entry entry = {0};
        while (image_next_entry(&image, &chunk, &entry, &status)) {
            if (entry.kind != PROFINST_ENTRY_CODE || entry.id != codes.count + 1)
                continue;
            codes.frames =
                memory_grow(codes.frames, &codes.capacity, codes.count, sizeof *codes.frames);
            codes.frames[codes.count++] = entry.frame_count;
        }
    }
    return codes;
}

/* False if it is not known how long the record is. */
static bool dump_context(FILE *stream, const struct image *image, const struct codes *codes,
                         uint64_t offset, uint64_t left, uint64_t *size)
{
    struct profinst_context context;
    if (left < sizeof context || !image_take(image, offset, &context, sizeof context))
        return false;
    fprintf(stream, "  context %" PRIu64 " parent %" PRIu32 " code %" PRIu32,
            offset / PROFINST_REFERENCE_UNIT, context.parent, context.code);
    if (context.target)
        fprintf(stream, " target %" PRIu32, context.target);
    fprintf(stream, " calls %" PRIu64 " self %" PRIu64, context.calls, context.self);
    if (context.samples || context.hook_samples)
        fprintf(stream, " samples %" PRIu32 " in hooks %" PRIu32, context.samples,
                context.hook_samples);
    if (context.counted)
        fprintf(stream, " counted %" PRIu32, context.counted);
    if (context.timed_calls)
        fprintf(stream, " timed_calls %" PRIu64 " timed_self %" PRIu64, context.timed_calls,
                context.timed_self);
    bool known = context.code <= codes->count;
    uint64_t frames = known && context.code ? codes->frames[context.code - 1] : 0;
    *size = PROFINST_RECORD_SIZE(frames);
    for (uint64_t i = 0; *size <= left && i < frames; i++) {
        uint64_t calls = 0;
        image_take(image, offset + sizeof context + i * sizeof calls, &calls, sizeof calls);
        fprintf(stream, "%s %" PRIu64, i ? "" : " inlined", calls);
    }
    fputc('\n', stream);
    return known && *size <= left;
}

static enum status dump_contexts(FILE *stream, const struct image *image, const struct codes *codes,
                                 const struct chunk *chunk)
{
    uint64_t offset = chunk->offset + sizeof chunk->header;
    uint64_t size;
    for (uint64_t left = chunk->header.used; left > 0; left -= size, offset += size)
        if (!dump_context(stream, image, codes, offset, left, &size))
            return image_damaged(image,
                                 "context at byte %" PRIu64
                                 " is of unknown code, or crosses the end of its chunk",
                                 offset);
    return STATUS_OK;
}

static enum status dump_durations(FILE *stream, const struct image *image,
                                  const struct chunk *chunk)
{
    uint64_t count;
    struct profinst_octave octave;
    enum status status = image_records(image, chunk, sizeof octave, &count);
    uint64_t offset = chunk->offset + sizeof chunk->header;
    for (uint64_t i = 0; i < count; i++, offset += sizeof octave) {
        if (!image_take(image, offset, &octave, sizeof octave))
            break;
        fprintf(stream, "  octave %" PRIu32 " function %" PRIu32, octave.octave, octave.function);
        if (octave.context)
            fprintf(stream, " context %" PRIu32, octave.context);
        fprintf(stream, " timed %" PRIu64 " least %" PRIu64 " greatest %" PRIu64 " counts",
                octave.timed, octave.least, octave.greatest);
        for (size_t bucket = 0; bucket < sizeof octave.counts / sizeof *octave.counts; bucket++)
            fprintf(stream, " %" PRIu64, octave.counts[bucket]);
        fputc('\n', stream);
    }
    return status;
}

static enum status dump_selections(FILE *stream, const struct image *image,
                                   const struct chunk *chunk)
{
    enum status status = STATUS_OK;
    struct selection selection = {0};
    while (image_next_selection(image, chunk, &selection, &status))
        fprintf(stream, "  selection of unit %" PRIu32 " packed %" PRIu32 " unpacked %" PRIu32 "\n",
                selection.unit, selection.packed_size, selection.unpacked_size);
    return status;
}

static enum status dump_chunk(FILE *stream, const struct image *image, const struct codes *codes,
                              const struct chunk *chunk)
{
    const struct profinst_chunk *header = &chunk->header;
    static const char *const names[] = {
        [PROFINST_CHUNK_NAMES] = "names",         [PROFINST_CHUNK_THREADS] = "threads",
        [PROFINST_CHUNK_CONTEXTS] = "contexts",   [PROFINST_CHUNK_SELECTIONS] = "selections",
        [PROFINST_CHUNK_DURATIONS] = "durations",
    };
    fprintf(stream, "chunk at %" PRIu64 " kind %" PRIu32, chunk->offset, header->kind);
    fprintf(stream, " (%s)",
            header->kind < sizeof names / sizeof *names ? names[header->kind] : "unknown");
    if (header->kind == PROFINST_CHUNK_CONTEXTS || header->kind == PROFINST_CHUNK_DURATIONS)
        fprintf(stream, " thread %" PRIu32, header->thread);
    fprintf(stream, " size %" PRIu64 " used %" PRIu64 " address 0x%" PRIx64 "\n", header->size,
            header->used, header->address);
    switch (header->kind) {
    case PROFINST_CHUNK_NAMES:
        return dump_entries(stream, image, chunk);
    case PROFINST_CHUNK_THREADS:
        return dump_threads(stream, image, chunk);
    case PROFINST_CHUNK_CONTEXTS:
        return dump_contexts(stream, image, codes, chunk);
    case PROFINST_CHUNK_SELECTIONS:
        return dump_selections(stream, image, chunk);
    case PROFINST_CHUNK_DURATIONS:
        return dump_durations(stream, image, chunk);
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
    struct codes codes = find_codes(*image);
    enum status walk = STATUS_OK, content = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (image_next_chunk(image, &chunk, &walk)) {
        enum status shown = dump_chunk(stream, image, &codes, &chunk);
        content = content != STATUS_OK ? content : shown;
    }
    free(codes.frames);
    return status != STATUS_OK ? status : content != STATUS_OK ? content : walk;
}

static enum status run(int argc, char **argv)
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

const struct command command_dump = {"dump", "profinst dump", "Show what a profile file holds",
                                     &parser, run};
