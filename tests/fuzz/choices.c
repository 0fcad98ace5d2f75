/* Fuzzes `profinst selection`, and the search for lines that made calls, with what a selection
 * unpacks to, which in a whole file no mutator would get at behind its compression. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "choices.h"
#include "fuzz.h"
#include "profinst_format.h"
#include "sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 * 1024 };

static uint8_t *append(uint8_t *end, const void *bytes, size_t size)
{
    return (uint8_t *)memcpy(end, bytes, size) + size;
}

static uint8_t *append_chunk(uint8_t *end, uint32_t kind, uint64_t used)
{
    struct profinst_chunk chunk = {
        .kind = kind, .size = (sizeof chunk + used + 31) / 32 * 32, .used = used};
    return append(end, &chunk, sizeof chunk);
}

static uint8_t *append_name(uint8_t *end, uint32_t kind, uint32_t object)
{
    struct profinst_entry entry = {
        .size = sizeof entry + 8, .kind = kind, .id = 1, .object = object};
    return append(append(end, &entry, sizeof entry), "a.c\0\0\0\0", 8);
}

/* A profile with an object, a unit of it, and the unit's selection. */
static size_t make_profile(uint8_t *file, const uint8_t *data, size_t size)
{
    struct profinst_header header = {.version = PROFINST_FORMAT_VERSION,
                                     .byte_order = PROFINST_BYTE_ORDER,
                                     .header_size = HEADER_SIZE,
                                     .clock = PROFINST_CLOCK_MONOTONIC,
                                     .timing = PROFINST_TIMING_EXACT};
    memcpy(header.magic, PROFINST_MAGIC, sizeof header.magic);
    uint8_t *end = append_chunk(file + HEADER_SIZE, PROFINST_CHUNK_NAMES, 80);
    end = append_name(end, PROFINST_ENTRY_OBJECT, 0);
    end = append_name(end, PROFINST_ENTRY_UNIT, 1) + 16;

    uint8_t packed[MOST];
    uLongf packed_size = sizeof packed;
    RULE(compress2(packed, &packed_size, data, size, 1) == Z_OK);
    struct profinst_selection selection = {.size = (uint32_t)(sizeof selection + packed_size + 7) /
                                                   8 * 8,
                                           .unit = 1,
                                           .packed_size = (uint32_t)packed_size,
                                           .unpacked_size = (uint32_t)size};
    uint8_t *chunk = end;
    end = append_chunk(end, PROFINST_CHUNK_SELECTIONS, selection.size);
    append(append(end, &selection, sizeof selection), packed, packed_size);
    end = chunk + ((struct profinst_chunk *)chunk)->size;
    header.size = (uint64_t)(end - file);
    memcpy(file, &header, sizeof header);
    return header.size;
}

static void check(void (*write)(FILE *stream, struct choices *choices), struct choices *choices,
                  const char *controls)
{
    char *bytes;
    size_t size;
    FILE *stream = open_memstream(&bytes, &size);
    write(stream, choices);
    fclose(stream);
    fuzz_check_text(bytes, size, controls);
    free(bytes);
}

static void write_narrow(FILE *stream, struct choices *choices)
{
    choices_write_table(stream, choices, &(struct screen){.width = 60});
}

static void look(struct database *database, struct choices_options options)
{
    struct choices choices;
    RULE(choices_query(&choices, database, &options) == STATUS_OK);
    for (size_t i = 0; i < choices.module_count; i++) {
        const struct choices_module *module = &choices.modules[i];
        RULE(module->measured + module->off <= module->functions && module->units == 1);
        RULE(module->row_count <= (size_t)module->wanted);
    }
    check(choices_write_json, &choices, "");
    check(choices_write_csv, &choices, "\r");
    check(choices_write_markdown, &choices, "");
    check(write_narrow, &choices, "");
    choices_free(&choices);
}

/* ---- lines that made calls ---------------------------------------------------------------- */

enum { FUNCTIONS = 5 };

/* In functions that the seeds speak of, each of which called each. */
static void find_sites(const uint8_t *packed, uint32_t packed_size, uint32_t size)
{
    static struct profile_function functions[FUNCTIONS] = {
        {.linkage_name = "f", .line = 3},
        {.linkage_name = "_ZN5store5parseERKNS_5InputEi", .source = 1},
        {.linkage_name = "g", .line = 3},
        {.linkage_name = "_ZN1AC2Ev", .source = PROFILE_NONE},
        {.linkage_name = "strlen", .object = PROFILE_NONE, .source = PROFILE_NONE},
    };
    static const char *sources[] = {"a.c", "a.cc"};
    struct edge_total edges[FUNCTIONS * FUNCTIONS];
    for (profile_index i = 0; i < FUNCTIONS * FUNCTIONS; i++)
        edges[i] = (struct edge_total){.caller = i / FUNCTIONS, .callee = i % FUNCTIONS};
    struct profile_selection selection = {
        .unit = 1, .packed_size = packed_size, .unpacked_size = size, .packed = packed};
    const struct profile profile = {.path = "fuzzed",
                                    .sources = sources,
                                    .source_count = 2,
                                    .functions = functions,
                                    .function_count = FUNCTIONS,
                                    .selections = &selection,
                                    .selection_count = 1,
                                    .unit_count = 1};
    const struct totals totals = {.edges = edges, .edge_count = FUNCTIONS * FUNCTIONS};
    struct unit_set units;
    struct sites sites = {0};
    enum status status = units_open(&units, &profile, false);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK)
        sites = sites_find(&units, &totals);
    for (size_t i = 0; i < sites.count; i++) {
        const struct site *site = &sites.sites[i];
        RULE(site->caller < FUNCTIONS && site->callee < FUNCTIONS && *site->file && site->line);
        RULE(site->places > 0 && (!site->exact || site->places == 1));
        RULE((site->kind == SITE_THROUGH) == (site->through != NULL));
        RULE(site->kind == SITE_DIRECT || site->places <= SITES_MOST_VAGUE);
    }
    sites_free(&sites);
    units_close(&units);
}

static void look_for_sites(const uint8_t *data, size_t size)
{
    static uint8_t packed[MOST];
    uLongf packed_size = sizeof packed;
    RULE(compress2(packed, &packed_size, data, size, 1) == Z_OK);
    find_sites(packed, (uint32_t)packed_size, (uint32_t)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(8) uint8_t file[2 * MOST];
    static struct database database; /* stays open, and is emptied by rolling back */
    if (size > MOST / 2)
        return 0;
    if (!database.handle)
        RULE(choices_begin(&database) == STATUS_OK);
    memset(file, 0, sizeof file);
    const char *path = fuzz_file(file, make_profile(file, data, size));
    fuzz_hear_messages();
    RULE(database_execute(&database, "BEGIN") == STATUS_OK);
    enum status status = choices_add(&database, path);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK) {
        RULE(choices_end(&database) == STATUS_OK);
        look(&database, (struct choices_options){0});
        look(&database, (struct choices_options){.left_out = true, .limit = 2});
    }
    RULE(database_execute(&database, "ROLLBACK") == STATUS_OK);
    look_for_sites(data, size);
    fuzz_check_messages();
    return 0;
}
