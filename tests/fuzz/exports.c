/* Every format of `profinst export`, read back. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "export.h"
#include "export_totals.h"
#include "fuzz.h"
#include "pprof.pb-c.h"
#include "text.h"

/* What a writer puts out, ended by a NUL; in the pool. NULL: it could not read the database. */
static char *written(struct pool *pool, struct database *database, export_writer *write, bool text,
                     size_t *size)
{
    char *bytes = NULL;
    FILE *stream = open_memstream(&bytes, size);
    enum status status = write(stream, database);
    fclose(stream);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    char *copy = NULL;
    if (status == STATUS_OK) {
        if (text)
            fuzz_check_text(bytes, *size, write == export_csv ? "\r" : "");
        copy = pool_take(pool, *size + 1);
        memcpy(copy, bytes, *size);
        copy[*size] = '\0';
    }
    free(bytes);
    return copy;
}

/* The next line, ended in place; NULL behind the last. */
static char *next_line(char **text)
{
    char *line = *text;
    if (!*line)
        return NULL;
    char *end = strchr(line, '\n');
    RULE(end);
    *end = '\0';
    *text = end + 1;
    return line;
}

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* Numbers with a space between them. */
static bool are_numbers(const char *text)
{
    return *text && strspn(text, "0123456789 ") == strlen(text) && !strstr(text, "  ");
}

/* Names of one kind: a number stands for one from its first use on. */
struct numbered {
    bool known[1 << 16];
    size_t count;
};

/* "(3) name", or "(3)" once that is known. */
static void check_numbered(struct numbered *names, const char *text)
{
    char *end;
    RULE(*text == '(');
    unsigned long number = strtoul(text + 1, &end, 10);
    RULE(*end == ')' && number > 0 && number < sizeof names->known);
    RULE(names->known[number] == (end[1] == '\0'));
    if (names->known[number])
        return;
    RULE(end[1] == ' ' && end[2] && end[2] != ' ');
    names->known[number] = true;
    names->count++;
}

static void check_callgrind_line(struct numbered *files, struct numbered *modules,
                                 struct numbered *functions, const char *line)
{
    if (strncmp(line, "calls=", 6) == 0)
        RULE(are_numbers(line + 6) && line[6] != '0');
    else if (strncmp(line, "ob=", 3) == 0 || strncmp(line, "cob=", 4) == 0)
        check_numbered(modules, strchr(line, '=') + 1);
    else if (strncmp(line, "fl=", 3) == 0 || strncmp(line, "cfi=", 4) == 0)
        check_numbered(files, strchr(line, '=') + 1);
    else if (strncmp(line, "fn=", 3) == 0 || strncmp(line, "cfn=", 4) == 0)
        check_numbered(functions, strchr(line, '=') + 1);
    else
        RULE(!*line || are_numbers(line) || strncmp(line, "totals: ", 8) == 0);
}

static void check_callgrind(struct pool *pool, struct database *database)
{
    size_t size;
    char *text = written(pool, database, export_callgrind, true, &size), *line;
    struct numbered *names = calloc(3, sizeof *names);
    RULE(names);
    while (text && (line = next_line(&text)) && strncmp(line, "events: ", 8) != 0)
        RULE(*line == '#' || strchr(line, ':'));
    while (text && (line = next_line(&text)))
        check_callgrind_line(&names[0], &names[1], &names[2], line);
    free(names);
}

static void check_folded(struct pool *pool, struct database *database)
{
    size_t size;
    char *text = written(pool, database, export_folded, true, &size), *line;
    while (text && (line = next_line(&text))) {
        char *space = strrchr(line, ' ');
        RULE(space && is_number(space + 1) && space[1] != '0');
        *space = '\0';
        const char *inner = strrchr(line, ' '); /* which must not look like the number */
        RULE(!inner || inner[1 + strspn(inner + 1, "0123456789.")]);
        RULE(*line && *line != ';' && line[strlen(line) - 1] != ';' && !strstr(line, ";;"));
    }
}

/* Takes a label out of the text, in place and without its escapes. */
static const char *label(char **text, const char *name)
{
    size_t length = strlen(name);
    RULE(strncmp(*text, name, length) == 0 && strncmp(*text + length, "=\"", 2) == 0);
    char *from = *text + length + 2, *to = from, *value = from;
    for (; *from != '"'; from++) {
        RULE(*from);
        if (*from == '\\') {
            from++;
            RULE(*from == '\\' || *from == '"');
        }
        *to++ = *from;
    }
    *text = from + 1;
    *to = '\0';
    return value;
}

static void check_sample(struct pool *pool, const struct export_function *function, char *line)
{
    RULE(*line++ == '{');
    RULE(strcmp(label(&line, "function"), export_name(pool, function->name, "")) == 0);
    RULE(*line++ == ',');
    RULE(strcmp(label(&line, "linkage_name"), export_name(pool, function->linkage_name, "")) == 0);
    if (function->module) {
        RULE(*line++ == ',');
        RULE(strcmp(label(&line, "module"), export_name(pool, function->module, "")) == 0);
    }
    if (function->file) {
        RULE(*line++ == ',');
        RULE(strcmp(label(&line, "file"), export_name(pool, function->file, "")) == 0);
    }
    if (function->line) {
        RULE(*line++ == ',');
        RULE(is_number(label(&line, "line")));
    }
    RULE(*line++ == '}' && *line++ == ' ');
    RULE(*line && strspn(line, "0123456789.") == strlen(line));
}

static void check_metrics(struct pool *pool, struct database *database, export_writer *write)
{
    static const char family[] = "profinst_function_";
    size_t size, at = 0;
    struct export_totals totals;
    char *text = written(pool, database, write, true, &size), *line;
    if (export_query_totals(&totals, database) == STATUS_OK) {
        while (text && (line = next_line(&text))) {
            if (strncmp(line, family, sizeof family - 1) != 0)
                continue;
            RULE(totals.function_count > 0);
            check_sample(pool, &totals.functions[at], strchr(line, '{'));
            at = (at + 1) % totals.function_count;
        }
        RULE(at == 0);
    }
    export_totals_free(&totals);
}

/* What is opened is closed in turn, and nothing goes back. */
static void check_events(const json_t *events, size_t frames, json_int_t end)
{
    json_int_t at = 0;
    size_t depth = 0, i;
    json_t *event;
    size_t *open = calloc(json_array_size(events) + 1, sizeof *open);
    RULE(open);
    json_array_foreach(events, i, event)
    {
        size_t frame = (size_t)json_integer_value(json_object_get(event, "frame"));
        json_int_t now = json_integer_value(json_object_get(event, "at"));
        RULE(frame < frames && now >= at && now <= end);
        at = now;
        if (strcmp(json_string_value(json_object_get(event, "type")), "O") == 0)
            open[depth++] = frame;
        else
            RULE(depth > 0 && open[--depth] == frame);
    }
    RULE(depth == 0);
    free(open);
}

static void check_speedscope(struct pool *pool, struct database *database)
{
    size_t size, i;
    char *text = written(pool, database, export_speedscope, true, &size);
    if (!text)
        return;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *profile;
    RULE(root);
    size_t frames = json_array_size(json_object_get(json_object_get(root, "shared"), "frames"));
    json_array_foreach(json_object_get(root, "profiles"), i, profile)
        check_events(json_object_get(profile, "events"), frames,
                     json_integer_value(json_object_get(profile, "endValue")));
    json_decref(root);
}

static void check_lines(struct pool *pool, struct database *database)
{
    size_t size;
    char *text = written(pool, database, export_jsonl, true, &size), *line;
    while (text && (line = next_line(&text))) {
        json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        RULE(row && json_is_string(json_object_get(row, "kind")));
        json_decref(row);
    }
}

static void check_texts(const Pprof__Profile *profile)
{
    RULE(profile->n_texts > 0 && !*profile->texts[0]);
    for (size_t i = 0; i < profile->n_texts; i++)
        fuzz_check_text(profile->texts[i], strlen(profile->texts[i]), "");
    for (size_t i = 0; i < profile->n_functions; i++)
        RULE(profile->functions[i]->name > 0 &&
             (size_t)profile->functions[i]->name < profile->n_texts &&
             (size_t)profile->functions[i]->file < profile->n_texts);
}

/* Whatever is referred to is there. Ids count from 1. */
static void check_profile(const Pprof__Profile *profile)
{
    check_texts(profile);
    for (size_t i = 0; i < profile->n_locations; i++) {
        const Pprof__Location *location = profile->locations[i];
        RULE(location->id == i + 1 && location->n_lines == 1);
        RULE(location->lines[0]->function <= profile->n_functions);
    }
    for (size_t i = 0; i < profile->n_samples; i++) {
        const Pprof__Sample *sample = profile->samples[i];
        RULE(sample->n_values == profile->n_value_units && sample->n_locations > 0);
        for (size_t at = 0; at < sample->n_locations; at++)
            RULE(sample->locations[at] - 1 < profile->n_locations);
        for (size_t at = 0; at < sample->n_labels; at++)
            RULE((size_t)sample->labels[at]->value < profile->n_texts);
    }
}

static void check_pprof(struct pool *pool, struct database *database)
{
    size_t size;
    char *bytes = written(pool, database, export_pprof, false, &size);
    if (!bytes)
        return;
    size_t room = 1032 * size + 1024; /* zlib packs no tighter */
    uint8_t *unpacked = malloc(room);
    z_stream state = {.next_in = (uint8_t *)bytes,
                      .avail_in = (unsigned)size,
                      .next_out = unpacked,
                      .avail_out = (unsigned)room};
    RULE(unpacked && inflateInit2(&state, 16 + MAX_WBITS) == Z_OK);
    RULE(inflate(&state, Z_FINISH) == Z_STREAM_END);
    Pprof__Profile *profile = pprof__profile__unpack(NULL, state.total_out, unpacked);
    RULE(profile);
    check_profile(profile);
    pprof__profile__free_unpacked(profile, NULL);
    inflateEnd(&state);
    free(unpacked);
}

void fuzz_check_exports(struct database *database)
{
    struct pool pool = {0};
    check_callgrind(&pool, database);
    check_folded(&pool, database);
    check_metrics(&pool, database, export_prometheus);
    check_metrics(&pool, database, export_openmetrics);
    check_speedscope(&pool, database);
    check_lines(&pool, database);
    check_pprof(&pool, database);
    pool_free(&pool);
}
