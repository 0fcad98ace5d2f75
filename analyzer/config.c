#include "config.h"

#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "nearest.h"

enum { LARGEST_FILE = 1024 * 1024 };

/* The file in memory, and what was found wrong first: a line of it, and why. */
struct reading {
    struct pool pool;
    struct config *config;
    char *text; /* ends with a NUL; of the file, nothing else is one */
    char *next; /* line */
    int line;   /* the one before it */
    int wrong_line;
    const char *wrong; /* NULL: nothing yet */
};

static int complain(struct reading *reading, const char *why)
{
    if (!reading->wrong) {
        reading->wrong = why;
        reading->wrong_line = reading->line;
    }
    return 0;
}

/* A number without sign, and what stands behind it. */
static const char *parse_number(const char *text, double *number)
{
    char digits[32];
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || length >= sizeof digits)
        return NULL;
    memcpy(digits, text, length);
    digits[length] = '\0';
    char *end;
    *number = strtod(digits, &end);
    text += length;
    return *end ? NULL : text + strspn(text, " \t");
}

/* Of time, the shortest first; of those that are the same, the last one is written. */
static const struct unit {
    const char *name;
    double ns;
} units[] = {{"ns", 1},   {"us", 1e3}, {"μs", 1e3},   {"µs", 1e3},
             {"ms", 1e6}, {"s", 1e9},  {"min", 60e9}, {"h", 3600e9}};

/* In nanoseconds; 0: no such unit. */
static double unit_of_time(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0)
            return units[i].ns;
    return 0;
}

static bool parse_value(const struct config_entry *entry, const char *text, double *value)
{
    bool off = strcmp(text, "off") == 0;
    if (entry->unit == CONFIG_SWITCH) {
        *value = !off;
        return off || strcmp(text, "on") == 0;
    }
    if (entry->may_be_off && off) {
        *value = INFINITY;
        return true;
    }
    const char *unit = parse_number(text, value);
    if (!unit)
        return false;
    switch (entry->unit) {
    case CONFIG_SHARE:
        *value /= 100;
        return strcmp(unit, "%") == 0 && *value <= 1;
    case CONFIG_DURATION:
        *value *= unit_of_time(unit);
        return unit_of_time(unit) > 0 && *value < 1e18;
    case CONFIG_COUNT:
        return !*unit && *value >= 1 && *value <= 1e15 && floor(*value) == *value;
    default:
        return !*unit && *value >= 1 && *value <= 1e15;
    }
}

static const char *what_is_right(const struct config_entry *entry)
{
    switch (entry->unit) {
    case CONFIG_SHARE:
        return entry->may_be_off ? "a share from 0 % to 100 %, like 25 %, or off"
                                 : "a share from 0 % to 100 %, like 25 %";
    case CONFIG_DURATION:
        return entry->may_be_off ? "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h, or off"
                                 : "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h";
    case CONFIG_COUNT:
        return "a whole number from 1 up, like 1000";
    case CONFIG_FACTOR:
        return "a number from 1 up, like 10 or 2.5";
    case CONFIG_SWITCH:
        break;
    }
    return "on or off";
}

/* Closes in on what was meant; ends with all there are if nothing is near. */
struct search {
    struct pool *pool;
    const char *written, *nearest, *all;
    size_t distance;
};

static void look_at(struct search *search, const char *name)
{
    size_t distance = nearest_distance(search->written, name);
    if (!search->nearest || distance < search->distance) {
        search->nearest = name;
        search->distance = distance;
    }
    search->all = search->all ? pool_format(search->pool, "%s, %s", search->all, name) : name;
}

static const char *found(const struct search *search)
{
    return nearest_is_slip(search->written, search->nearest)
               ? pool_format(search->pool, "did you mean '%s'?", search->nearest)
               : pool_format(search->pool, "there are %s", search->all);
}

static const char *suggest_section(struct pool *pool, const char *written)
{
    struct search search = {.pool = pool, .written = written};
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const char *name = config_entry((enum config_key)key)->section;
        if (key == 0 || strcmp(config_entry((enum config_key)(key - 1))->section, name) != 0)
            look_at(&search, name);
    }
    return found(&search);
}

static const char *suggest_key(struct pool *pool, const char *section, const char *written)
{
    struct search search = {.pool = pool, .written = written};
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        if (strcmp(entry->section, section) == 0)
            look_at(&search, entry->name);
        else if (strcmp(entry->name, written) == 0)
            return pool_format(pool, "it belongs into [%s]", entry->section);
    }
    return found(&search);
}

static bool is_section(const char *section)
{
    for (int key = 0; key < CONFIG_KEYS; key++)
        if (strcmp(config_entry((enum config_key)key)->section, section) == 0)
            return true;
    return false;
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
    if (!is_section(section))
        return complain(reading, pool_format(pool, "no section is called '%s'; %s", section,
                                             suggest_section(pool, section)));
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        if (strcmp(entry->section, section) != 0 || strcmp(entry->name, name) != 0)
            continue;
        int *line = &reading->config->lines[key];
        if (*line)
            return complain(reading, pool_format(pool, "'%s' was set in line %d already; keep one",
                                                 name, *line));
        *line = reading->line;
        if (!parse_value(entry, text, &reading->config->values[key]))
            return complain(reading, pool_format(pool, "%s = %s is no good; give %s", name, text,
                                                 what_is_right(entry)));
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
    const char *line = reading->next + strspn(reading->next, " \t\r\f\v");
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
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2);
    return buffer;
}

static enum status failed(const char *path, int line, const char *why)
{
    struct pool pool = {0};
    const char *place = line ? pool_format(&pool, "%s:%d", path, line) : path;
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
    enum status status = failed(path, line, why);
    pool_free(&pool);
    return status;
}

/* Of each measure, what is worse must not begin lower; what is off is not among them. */
static enum status check_order(const struct config *config, const char *path)
{
    enum { LEVELS = 3 };
    for (int key = 0, worse = 0; key < CONFIG_LEAST_CALLS; key++) {
        bool first = key % LEVELS == 0 || isinf(config->values[worse]);
        if (!first && config->values[worse] < config->values[key] && !isinf(config->values[key]))
            return wrong_order(config, worse, key, path);
        if (first || !isinf(config->values[key]))
            worse = key;
    }
    return STATUS_OK;
}

static enum status parse(struct reading *reading, const char *path)
{
    reading->next = reading->text;
    int line = ini_parse_stream(next_line, reading, set, reading);
    if (line < 0)
        out_of_memory();
    if (line > 0 && (!reading->wrong || line < reading->wrong_line))
        return failed(path, line,
                      "this is neither a [section] nor a key and its value; write 'key = value'");
    if (reading->wrong)
        return failed(path, reading->wrong_line, reading->wrong);
    return check_order(reading->config, path);
}

/* The whole file, into memory. */
static enum status take_text(struct reading *reading, FILE *file, const char *path)
{
    reading->text = pool_take(&reading->pool, LARGEST_FILE + 1);
    size_t size = fread(reading->text, 1, LARGEST_FILE, file);
    reading->text[size] = '\0';
    if (ferror(file))
        return failed(path, 0, pool_format(&reading->pool, "%s; give a file", strerror(errno)));
    if (!feof(file) && fgetc(file) != EOF)
        return failed(path, 0, "it is larger than a megabyte; give a configuration file");
    if (strlen(reading->text) != size)
        return failed(path, 0, "it has bytes that are zero; give a file with text");
    return STATUS_OK;
}

/* Without the zeros at its end. */
static char *text_of_number(struct pool *pool, double value)
{
    char *text = pool_format(pool, "%.9f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        end--;
    end[end[-1] == '.' ? -1 : 0] = '\0';
    return text;
}

static char *text_of_duration(struct pool *pool, double ns)
{
    const struct unit *unit = units;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (ns >= units[i].ns)
            unit = &units[i];
    return pool_format(pool, "%s %s", text_of_number(pool, ns / unit->ns), unit->name);
}

char *config_text(struct pool *pool, enum config_key key, double value)
{
    switch (isinf(value) ? CONFIG_SWITCH : config_entry(key)->unit) {
    case CONFIG_SHARE:
        return pool_format(pool, "%s %%", text_of_number(pool, 100 * value));
    case CONFIG_DURATION:
        return text_of_duration(pool, value);
    case CONFIG_COUNT:
    case CONFIG_FACTOR:
        return text_of_number(pool, value);
    case CONFIG_SWITCH:
        break;
    }
    return pool_copy(pool, value > 0 && !isinf(value) ? "on" : "off");
}

void config_standard(struct config *config)
{
    *config = (struct config){0};
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        parse_value(entry, entry->standard, &config->values[key]);
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
    return status;
}
