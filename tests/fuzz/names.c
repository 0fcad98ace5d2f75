/* Fuzzes every output with names: the input is a list of them, each ended by a NUL, and a valid
 * profile is made that says them all. */
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Few functions at a time, as every chain of them is written out. */
enum { LONGEST_INPUT = 8192, MOST_FUNCTIONS = 8, LARGEST = 64 * 1024 };

struct writer {
    uint8_t bytes[LARGEST];
    size_t size;
    size_t chunk;
};

static void put(struct writer *writer, const void *bytes, size_t size)
{
    memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

static void begin(struct writer *writer, uint32_t kind)
{
    struct profinst_chunk chunk = {.kind = kind, .thread = kind == PROFINST_CHUNK_CONTEXTS};
    writer->chunk = writer->size;
    put(writer, &chunk, sizeof chunk);
}

static void end(struct writer *writer)
{
    struct profinst_chunk chunk;
    memcpy(&chunk, writer->bytes + writer->chunk, sizeof chunk);
    chunk.used = writer->size - writer->chunk - sizeof chunk;
    while (writer->size % PROFINST_REFERENCE_UNIT)
        put(writer, "", 1);
    chunk.size = writer->size - writer->chunk;
    memcpy(writer->bytes + writer->chunk, &chunk, sizeof chunk);
}

/* `name` NULL: only functions have one, and not all. */
static void put_name(struct writer *writer, uint32_t kind, uint32_t id, const char *text,
                     const char *name)
{
    bool function = kind == PROFINST_ENTRY_FUNCTION;
    bool external = function && id % 4 == 3;
    size_t length = strlen(text) + 1;
    size_t name_length = name ? strlen(name) + 1 : 0;
    struct profinst_entry entry = {
        .size = (uint32_t)(sizeof entry + length + name_length + 7) / 8 * 8,
        .kind = kind,
        .id = id,
        .object = function && !external,
        .source = function && id % 2,
        .line = function ? id : 0,
        .flags = (external ? PROFINST_FUNCTION_EXTERNAL : 0) | (name ? PROFINST_FUNCTION_NAMED : 0),
    };
    put(writer, &entry, sizeof entry);
    put(writer, text, length);
    if (name)
        put(writer, name, name_length);
    while (writer->size % 8)
        put(writer, "", 1);
}

/* Inlined into each function is the first one, and into that the last one. */
static void put_code(struct writer *writer, uint32_t id, uint32_t functions)
{
    struct profinst_code code = {
        .kind = PROFINST_ENTRY_CODE, .id = id, .function = id, .frame_count = 2};
    struct profinst_code_frame frames[] = {{1, 0}, {functions, 1}};
    code.size = sizeof code + sizeof frames;
    put(writer, &code, sizeof code);
    put(writer, frames, sizeof frames);
}

static uint32_t put_context(struct writer *writer, struct profinst_context *context)
{
    uint32_t here = (uint32_t)(writer->size / PROFINST_REFERENCE_UNIT);
    uint64_t counts[4] = {3, 5};
    put(writer, context, sizeof *context);
    if (context->code)
        put(writer, counts, sizeof counts);
    return here;
}

static const char *next(const char **text, const char *last)
{
    const char *found = *text;
    if (found < last)
        *text += strlen(found) + 1;
    return found < last ? found : "";
}

static void look(const struct profile *profile)
{
    RULE(profile->function_count > 0);
}

/* In turn: program, argument, thread, object, source, and functions. Each calls the next one, but
 * some call the one before. */
static void make_profile(struct writer *writer, const char *text, const char *last)
{
    struct profinst_header header = {.magic = PROFINST_MAGIC,
                                     .version = PROFINST_FORMAT_VERSION,
                                     .byte_order = PROFINST_BYTE_ORDER,
                                     .header_size = HEADER_SIZE,
                                     .clock = PROFINST_CLOCK_MONOTONIC,
                                     .timing = PROFINST_TIMING_EXACT};
    struct profinst_thread thread = {.number = 1, .threads = 1, .lifetime = UINT64_C(1) << 40};
    strncpy(header.program, next(&text, last), sizeof header.program - 1);
    strncpy(header.arguments, next(&text, last), sizeof header.arguments - 1);
    header.arguments_size = (uint32_t)strlen(header.arguments) + 1;
    strncpy(thread.name, next(&text, last), sizeof thread.name - 1);
    writer->size = 0;
    put(writer, &header, sizeof header);
    while (writer->size < HEADER_SIZE)
        put(writer, "", 1);

    begin(writer, PROFINST_CHUNK_NAMES);
    put_name(writer, PROFINST_ENTRY_OBJECT, 1, next(&text, last), NULL);
    put_name(writer, PROFINST_ENTRY_SOURCE, 1, next(&text, last), NULL);
    uint32_t functions = 0;
    do {
        const char *linkage_name = next(&text, last);
        functions++;
        put_name(writer, PROFINST_ENTRY_FUNCTION, functions, linkage_name,
                 functions % 4 == 2 ? next(&text, last) : NULL);
    } while (text < last && functions < MOST_FUNCTIONS);
    for (uint32_t i = 1; i <= functions; i++)
        put_code(writer, i, functions);
    end(writer);

    begin(writer, PROFINST_CHUNK_THREADS);
    put(writer, &thread, sizeof thread);
    end(writer);

    begin(writer, PROFINST_CHUNK_CONTEXTS);
    struct profinst_context context = {.thread = 1, .calls = 1, .self = 1000};
    uint32_t here = 0;
    for (uint32_t i = 0; i <= functions; i++) {
        uint32_t caller = context.parent;
        context.code = i;
        here = put_context(writer, &context);
        context.parent = i % 4 == 3 ? caller : here;
    }
    struct profinst_context again = {.code = functions, .parent = here, .target = here, .calls = 7};
    put_context(writer, &again);
    end(writer);
    header.size = writer->size;
    memcpy(writer->bytes, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct writer writer;
    static char text[LONGEST_INPUT + 1];
    if (size > LONGEST_INPUT)
        return -1; /* not for the corpus */
    memcpy(text, data, size);
    text[size] = '\0';
    make_profile(&writer, text, text + size);
    fuzz_hear_messages();
    const char *path = fuzz_file(writer.bytes, writer.size);
    fuzz_profile(path, look);
    fuzz_dump(path);
    fuzz_check_messages();
    return 0;
}
