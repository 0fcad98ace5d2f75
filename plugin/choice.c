#define _GNU_SOURCE
#include "choice.h"
#include "sentence.h"
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Of a file with more rules than this, only those are recorded that fit a function of the module,
 * so that a list of a million does not get into every object file. */
enum { LONG_FILE = 1000 };

static struct choice record;
static uint8_t *packed;

static void check(bool good)
{
    if (!good)
        abort(); /* as LLVM does without memory */
}

/* ---- texts -------------------------------------------------------------------------------- */

static struct {
    FILE *stream;
    char *data; /* once the stream is closed */
    size_t size;
} texts;

static uint32_t add_text(const char *front, const char *back)
{
    const long start = ftell(texts.stream);
    check(start >= 0 && start <= INT32_MAX);
    fputs(front, texts.stream);
    fputs(back, texts.stream);
    fputc('\0', texts.stream);
    return (uint32_t)start;
}

/* Names and files come many times over; each is kept once. */
struct known_text {
    uint32_t offset;
    char text[];
};

static void *known_texts; /* a tree of tsearch(3) */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const struct known_text *)a)->text, ((const struct known_text *)b)->text);
}

uint32_t choice_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    struct known_text *known = malloc(sizeof *known + size);
    check(known);
    memcpy(known->text, text, size);
    struct known_text **found = tsearch(known, &known_texts, compare_texts);
    check(found);
    if (*found == known)
        known->offset = add_text(text, "");
    else
        free(known);
    return (*found)->offset;
}

/* ---- functions ---------------------------------------------------------------------------- */

static struct chosen {
    struct profinst_choice_function function;
    const struct rule *rule;
} * chosen;

static size_t chosen_count, chosen_room;

static struct profinst_choice_site *sites;
static size_t site_count, site_room;
static uint32_t head_flags;

void choice_begin(void)
{
    tdestroy(known_texts, free);
    known_texts = NULL;
    free(packed);
    packed = NULL;
    record = (struct choice){0};
    chosen_count = site_count = 0;
    head_flags = 0;
    texts.stream = open_memstream(&texts.data, &texts.size);
    check(texts.stream);
}

void choice_add(const char *linkage_name, const struct source_place *place, const struct rule *rule,
                uint32_t size, uint64_t fingerprint)
{
    if (chosen_count == chosen_room) {
        chosen_room = chosen_room ? 2 * chosen_room : 64;
        chosen = reallocarray(chosen, chosen_room, sizeof *chosen);
        check(chosen);
    }
    chosen[chosen_count++] = (struct chosen){
        .function =
            {
                .name = choice_text(linkage_name),
                .file = choice_text(place->file),
                .line = place->line,
                .selected = rule->selects,
                .size = size,
                .fingerprint_low = (uint32_t)fingerprint,
                .fingerprint_high = (uint32_t)(fingerprint >> 32),
            },
        .rule = rule,
    };
}

void choice_tell_sites(void)
{
    head_flags |= PROFINST_CHOICE_SITES;
}

void choice_add_site(const struct profinst_choice_site *site)
{
    if (site_count == site_room) {
        site_room = site_room ? 2 * site_room : 256;
        sites = reallocarray(sites, site_room, sizeof *sites);
        check(sites);
    }
    sites[site_count++] = *site;
}

/* ---- rules -------------------------------------------------------------------------------- */

struct rule_list {
    struct profinst_choice_rule *rules;
    const struct rule **sources; /* of each */
    uint32_t count;
};

static void add_rule(struct rule_list *list, const struct rule *rule, uint32_t flags)
{
    char *origin = rule->line ? sentence("%s:%u", rule->origin, rule->line) : NULL;
    list->sources[list->count] = rule;
    list->rules[list->count++] = (struct profinst_choice_rule){
        .text = add_text(rule->form, rule->text),
        .origin = add_text(origin ? origin : rule->origin, ""),
        .flags = flags,
        .matched = rule->matched,
    };
    free(origin);
}

/* The end of the rules of one file, which follow each other. */
static size_t end_of_file(size_t start)
{
    size_t end = start + 1;
    while (end < rules_count() && rules_get(end)->line &&
           rules_get(end)->origin == rules_get(start)->origin)
        end++;
    return end;
}

static struct rule_list list_rules(const struct rule *own, size_t own_count)
{
    const size_t room = rules_count() + own_count;
    struct rule_list list = {calloc(room, sizeof *list.rules), calloc(room, sizeof(void *)), 0};
    check(list.rules && list.sources);
    for (size_t start = 0, end; start < rules_count(); start = end) {
        end = rules_get(start)->line ? end_of_file(start) : start + 1;
        for (size_t i = start; i < end; i++)
            if (end - start <= LONG_FILE || rules_get(i)->matched)
                add_rule(&list, rules_get(i), PROFINST_RULE_GIVEN);
    }
    for (size_t i = 0; i < own_count; i++)
        if (own[i].matched)
            add_rule(&list, &own[i], 0);
    return list;
}

static uint32_t index_of(const struct rule_list *list, const struct rule *rule)
{
    uint32_t i = 0;
    while (list->sources[i] != rule)
        i++;
    return i;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void write_functions(FILE *out, const struct rule_list *list)
{
    for (size_t i = 0; i < chosen_count; i++) {
        struct profinst_choice_function function = chosen[i].function;
        function.rule = index_of(list, chosen[i].rule);
        fwrite(&function, sizeof function, 1, out);
    }
}

static void pack(const char *data, size_t size)
{
    uLongf packed_size = compressBound(size);
    packed = malloc(packed_size);
    check(packed && size <= UINT32_MAX);
    check(compress2(packed, &packed_size, (const Bytef *)data, size, Z_DEFAULT_COMPRESSION) ==
          Z_OK);
    record = (struct choice){
        .packed = packed,
        .packed_size = (uint32_t)packed_size,
        .unpacked_size = (uint32_t)size,
        .digest = (uint32_t)crc32(0, packed, (uInt)packed_size),
    };
}

void choice_end(const struct rule *own, size_t own_count)
{
    struct rule_list list = list_rules(own, own_count);
    char *data = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&data, &size);
    check(out && fclose(texts.stream) == 0);
    const struct profinst_choice head = {
        .rule_count = list.count,
        .function_count = (uint32_t)chosen_count,
        .site_count = (uint32_t)site_count,
        .text_size = (uint32_t)texts.size,
        .flags = head_flags,
    };
    fwrite(&head, sizeof head, 1, out);
    fwrite(list.rules, sizeof *list.rules, list.count, out);
    write_functions(out, &list);
    fwrite(sites, sizeof *sites, site_count, out);
    fwrite(texts.data, 1, texts.size, out);
    check(fclose(out) == 0);
    pack(data, size);
    free(data);
    free(texts.data);
    free(list.rules);
    free(list.sources);
}

struct choice choice_record(void)
{
    return record;
}
