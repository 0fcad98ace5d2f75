#include "config.h"

#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_gate.h"
#include "config_value.h"
#include "memory.h"

enum { LARGEST_FILE = 1024 * 1024 };

/* The file in memory, and what was found wrong first: a line of it, and why. */
struct reading {
    struct pool pool;
    struct config *config;
    char *text; /* ends with a NUL; of the file, nothing else is one */
    char *next; /* line */
    int line;   /* the one before it */
    const char *line_text;
    char *section;    /* of the gate, that began last; NULL: it was another one */
    int section_line; /* where it began */
    int wrong_line, wrong_column;
    const char *wrong; /* NULL: nothing yet */
};

/* Counted in characters, from 1. */
static int column_of(const struct reading *reading, const char *place)
{
    int column = 1;
    for (const char *at = reading->line_text; at < place; at++)
        column += (*at & 0xC0) != 0x80;
    return column;
}

/* Where on the line its first key, section or what else stands. */
static const char *begin_of_line(const struct reading *reading)
{
    return reading->line_text + strspn(reading->line_text, " \t\r\f\v");
}

/* Where its value stands. */
static const char *value_of_line(const struct reading *reading)
{
    const char *value = reading->line_text + strcspn(reading->line_text, "=:\n");
    value += *value && *value != '\n';
    return value + strspn(value, " \t\r\f\v");
}

static int complain_at(struct reading *reading, int line, int column, const char *why)
{
    if (!reading->wrong) {
        reading->wrong = why;
        reading->wrong_line = line;
        reading->wrong_column = column;
    }
    return 0;
}

/* Of the line's beginning, or of its value. */
static int complain(struct reading *reading, const char *why)
{
    return complain_at(reading, reading->line, column_of(reading, begin_of_line(reading)), why);
}

static int complain_of_value(struct reading *reading, const char *why)
{
    return complain_at(reading, reading->line, column_of(reading, value_of_line(reading)), why);
}

static const char *suggest_section(struct pool *pool, const char *written)
{
    static const char *const names[] = {"severity",  "advice",     "gate",
                                        "rule NAME", "allow NAME", NULL};
    return config_value_meant(pool, written, names);
}

static const char *suggest_key(struct pool *pool, const char *section, const char *written)
{
    const char *names[CONFIG_KEYS + 1] = {0};
    size_t count = 0;
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        if (strcmp(entry->section, section) == 0)
            names[count++] = entry->name;
        else if (strcmp(entry->name, written) == 0)
            return pool_format(pool, "it belongs into [%s]", entry->section);
    }
    return config_value_meant(pool, written, names);
}

static bool is_section(const char *section)
{
    for (int key = 0; key < CONFIG_KEYS; key++)
        if (strcmp(config_entry((enum config_key)key)->section, section) == 0)
            return true;
    return false;
}

static int set_of_gate(struct reading *reading, const char *section, const char *name,
                       const char *text)
{
    bool wrong_name;
    const char *why =
        config_gate_set(reading->config, &reading->pool, section, name, text, &wrong_name);
    if (!why)
        return 1;
    return wrong_name ? complain(reading, why) : complain_of_value(reading, why);
}

/* What a section of the gate must have is known where it ends. */
static void end_section(struct reading *reading)
{
    const char *why = reading->section
                          ? config_gate_end(reading->config, &reading->pool, reading->section)
                          : NULL;
    if (why)
        complain_at(reading, reading->section_line, 1, why);
    reading->section = NULL;
}

/* inih does not tell of sections that have nothing in them. */
static void begin_section(struct reading *reading, const char *line)
{
    size_t length = strcspn(line, "]\n");
    if (line[length] != ']')
        return;
    char *section = pool_format(&reading->pool, "%.*s", (int)length, line);
    const char *why = NULL;
    if (config_gate_is_section(section)) {
        why = config_gate_begin(reading->config, &reading->pool, section, reading->line);
        reading->section = why ? NULL : section;
        reading->section_line = reading->line;
    } else if (!is_section(section)) {
        why = pool_format(&reading->pool, "no section is called '%s'; %s", section,
                          suggest_section(&reading->pool, section));
    }
    if (why)
        complain_at(reading, reading->line, column_of(reading, line), why);
}

/* A handler of inih; of the file's first error it is told the line. */
static int set(void *context, const char *section, const char *name, const char *text)
{
    struct reading *reading = context;
    struct pool *pool = &reading->pool;
    if (!*section)
        return complain(reading,
                        pool_format(pool, "'%s' stands in no section; begin with one, like [%s]",
                                    name, config_entry(0)->section));
    if (config_gate_is_section(section))
        return set_of_gate(reading, section, name, text);
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        if (strcmp(entry->section, section) != 0 || strcmp(entry->name, name) != 0)
            continue;
        int *line = &reading->config->lines[key];
        if (*line)
            return complain(reading, pool_format(pool, "'%s' was set in line %d already; keep one",
                                                 name, *line));
        *line = reading->line;
        if (!config_value_parse(entry, text, &reading->config->values[key]))
            return complain_of_value(reading, pool_format(pool, "%s = %s is no good; give %s", name,
                                                          text, config_value_right(pool, entry)));
        if (key == CONFIG_GATE_BASELINE && *text)
            reading->config->baseline = pool_copy(&reading->config->pool, text);
        return 1;
    }
    return complain(reading, pool_format(pool, "[%s] has no key '%s'; %s", section, name,
                                         suggest_key(pool, section, name)));
}

/* A reader of inih, like fgets. inih gives no line numbers, and cuts what does not fit `size` into
 * two lines, or what it takes for a section's name: so both are seen to here. Comments may be long.
 * No line begins with blanks, which would make it one with the line before. */
static char *next_line(char *buffer, int size, void *context)
{
    enum { LONGEST_SECTION = 48 };
    struct reading *reading = context;
    if (!*reading->next || reading->wrong)
        return NULL;
    reading->line++;
    reading->line_text = reading->next;
    const char *line = begin_of_line(reading);
    size_t length = strcspn(line, "\n");
    reading->next += (size_t)(line - reading->next) + length;
    reading->next += *reading->next == '\n';
    if (*line == '#' || *line == ';')
        length = 0;
    if (length + 2 > (size_t)size || (*line == '[' && strcspn(line, "]\n") > LONGEST_SECTION)) {
        complain(reading, pool_format(&reading->pool, "the line is too long; write %s in less",
                                      *line == '[' ? "a section's name" : "a key and its value"));
        return NULL;
    }
    if (*line == '[') {
        end_section(reading);
        begin_section(reading, line + 1);
    }
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2);
    return buffer;
}

/* `line` or `column` 0: unknown. */
static enum status failed(const char *path, int line, int column, const char *why)
{
    struct pool pool = {0};
    const char *place = line ? pool_format(&pool, "%s:%d", path, line) : path;
    if (column)
        place = pool_format(&pool, "%s:%d", place, column);
    enum status status = fail(STATUS_INPUT, "cannot use configuration", place, "%s", why);
    pool_free(&pool);
    return status;
}

static enum status wrong_order(const struct config *config, int worse, int key, const char *path)
{
    int line =
        config->lines[worse] > config->lines[key] ? config->lines[worse] : config->lines[key];
    struct pool pool = {0};
    const char *why = pool_format(
        &pool, "'%s' is less than '%s'; give it at least as much, or set both",
        config_entry((enum config_key)worse)->name, config_entry((enum config_key)key)->name);
    enum status status = failed(path, line, 0, why);
    pool_free(&pool);
    return status;
}

/* Of each measure, what is worse must not begin lower; what is off is not among them. */
static enum status check_order(const struct config *config, const char *path)
{
    enum { LEVELS = 3 };
    static const struct {
        int worse, key;
    } gate_pairs[] = {{CONFIG_GATE_EXACT_FAIL, CONFIG_GATE_EXACT_WARN},
                      {CONFIG_GATE_TIME_FAIL, CONFIG_GATE_TIME_WARN}};
    for (int key = 0, worse = 0; key < CONFIG_LEAST_CALLS; key++) {
        bool first = key % LEVELS == 0 || isinf(config->values[worse]);
        if (!first && config->values[worse] < config->values[key] && !isinf(config->values[key]))
            return wrong_order(config, worse, key, path);
        if (first || !isinf(config->values[key]))
            worse = key;
    }
    for (size_t i = 0; i < sizeof gate_pairs / sizeof *gate_pairs; i++) {
        double worse = config->values[gate_pairs[i].worse],
               least = config->values[gate_pairs[i].key];
        if (worse < least && !isinf(least))
            return wrong_order(config, gate_pairs[i].worse, gate_pairs[i].key, path);
    }
    return STATUS_OK;
}

static enum status parse(struct reading *reading, const char *path)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* with which some editors begin */
    bool marked = strncmp(reading->text, mark, strlen(mark)) == 0;
    reading->next = reading->text + (marked ? strlen(mark) : 0);
    int line = ini_parse_stream(next_line, reading, set, reading);
    if (line < 0)
        out_of_memory();
    end_section(reading);
    if (line > 0 && (!reading->wrong || line < reading->wrong_line))
        return failed(path, line, 0,
                      "this is neither a [section] nor a key and its value; write 'key = value'");
    if (reading->wrong)
        return failed(path, reading->wrong_line, reading->wrong_column, reading->wrong);
    return check_order(reading->config, path);
}

/* The whole file, into memory. */
static enum status take_text(struct reading *reading, FILE *file, const char *path)
{
    reading->text = pool_take(&reading->pool, LARGEST_FILE + 1);
    size_t size = fread(reading->text, 1, LARGEST_FILE, file);
    reading->text[size] = '\0';
    if (ferror(file))
        return failed(path, 0, 0, pool_format(&reading->pool, "%s; give a file", strerror(errno)));
    if (!feof(file) && fgetc(file) != EOF)
        return failed(path, 0, 0, "it is larger than a megabyte; give a configuration file");
    if (strlen(reading->text) != size)
        return failed(path, 0, 0, "it has bytes that are zero; give a file with text");
    return STATUS_OK;
}

void config_standard(struct config *config)
{
    *config = (struct config){0};
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        config_value_parse(entry, entry->standard, &config->values[key]);
    }
}

enum status config_read(struct config *config, const char *path)
{
    config_standard(config);
    FILE *file = fopen(path ? path : CONFIG_FILE, "re");
    if (!file && !path && errno == ENOENT)
        return STATUS_OK;
    path = path ? path : CONFIG_FILE;
    if (!file)
        return fail(STATUS_INPUT, "cannot read configuration", path,
                    "%s; name another with --config", strerror(errno));
    struct reading reading = {.config = config};
    enum status status = take_text(&reading, file, path);
    fclose(file);
    if (status == STATUS_OK)
        status = parse(&reading, path);
    pool_free(&reading.pool);
    if (status != STATUS_OK)
        config_free(config);
    return status;
}

void config_free(struct config *config)
{
    gate_rules_free(&config->gate);
    pool_free(&config->pool);
}
