#define _GNU_SOURCE
#include "filter.h"
#include "rules.h"
#include "sentence.h"
#include "text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files -------------------------------------------------------------------------------- */

/* Kept for as long as the rules, which point into it. */
struct file {
    char *path, *text;
};

static struct file *files;
static size_t file_count;

const char *filter_path(size_t index)
{
    return index < file_count ? files[index].path : NULL;
}

void filter_forget(void)
{
    for (size_t i = 0; i < file_count; i++) {
        free(files[i].path);
        free(files[i].text);
    }
    free(files);
    files = NULL;
    file_count = 0;
}

/* All of a stream, and a NUL; NULL if it cannot be read. */
static char *read_all(FILE *in, size_t *size)
{
    size_t room = 1 << 16;
    char *text = NULL;
    *size = 0;
    do {
        text = realloc(text, room *= 2);
        if (!text)
            abort();
        *size += fread(text + *size, 1, room - *size - 1, in);
    } while (*size == room - 1);
    text[*size] = '\0';
    if (!ferror(in))
        return text;
    free(text);
    return NULL;
}

static char *load(const char *path, struct file *file)
{
    size_t size = 0;
    FILE *in = fopen(path, "re");
    char *text = in ? read_all(in, &size) : NULL;
    const int error = errno;
    if (in)
        fclose(in);
    if (!text)
        return sentence("cannot read the filter '%s': %s", path, strerror(error));
    if (strlen(text) < size) {
        free(text);
        return sentence("'%s' is no filter: it is no text", path);
    }
    files = reallocarray(files, file_count + 1, sizeof *files);
    char *copy = strdup(path);
    if (!files || !copy)
        abort(); /* as LLVM does */
    *file = files[file_count++] = (struct file){copy, text};
    return NULL;
}

/* ---- lines -------------------------------------------------------------------------------- */

static const char blanks[] = " \t\r\f\v";

struct reader {
    const char *path;
    char *next;       /* what has not been read yet */
    const char *line; /* its start */
    uint32_t number;
};

static char *fault(const struct reader *, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static char *fault(const struct reader *reader, const char *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *what = sentence_of(format, arguments);
    va_end(arguments);
    char *whole =
        sentence("%s:%u:%zu: %s", reader->path, reader->number, at - reader->line + 1, what);
    free(what);
    return whole;
}

/* The next line that says anything, without blanks around it; NULL: there is none. */
static char *next_line(struct reader *reader)
{
    while (*reader->next) {
        char *line = reader->next, *end = strchrnul(line, '\n');
        reader->next = *end ? end + 1 : end;
        reader->line = line;
        reader->number++;
        *end = '\0';
        line += strspn(line, blanks);
        while (end > line && strchr(blanks, end[-1]))
            *--end = '\0';
        if (*line && *line != '#')
            return line;
    }
    return NULL;
}

static char *add(const struct reader *reader, const char *form, const char *text, unsigned subjects,
                 bool selects, enum pattern_syntax syntax)
{
    const struct rule rule = {
        .form = form,
        .text = text,
        .origin = reader->path,
        .line = reader->number,
        .subjects = subjects,
        .selects = selects,
    };
    char *problem = rules_add(&rule, syntax);
    if (!problem)
        return NULL;
    char *whole = fault(reader, text, "'%s' is no good pattern: %s", text, problem);
    free(problem);
    return whole;
}

char *filter_read_list(const char *path)
{
    struct file file;
    char *problem = load(path, &file);
    if (problem)
        return problem;
    struct reader reader = {file.path, file.text, NULL, 0};
    for (const char *name; !problem && (name = next_line(&reader));)
        problem = add(&reader, "", name, RULE_FUNCTION, true, PATTERN_LITERAL);
    return problem;
}

/* ---- special case lists ------------------------------------------------------------------- */

/* https://clang.llvm.org/docs/SanitizerSpecialCaseList.html */
static const struct {
    const char *name, *leave_out, *put_in;
    unsigned subjects; /* 0: says nothing about functions */
} prefixes[] = {
    {"fun", "fun:", "!fun:", RULE_FUNCTION},
    {"src", "src:", "!src:", RULE_FILE},
    {"mainfile", "mainfile:", "!mainfile:", RULE_MAIN_FILE},
    {"type", "", "", 0},
    {"global", "", "", 0},
};
enum { PREFIXES = sizeof prefixes / sizeof *prefixes };

static const char expected_entry[] =
    "expected fun:, src: or mainfile: and a pattern, or a [section]";

/* True if the entries that follow are meant for profinst. */
static char *read_section(const struct reader *reader, char *name, enum pattern_syntax syntax,
                          bool *counts)
{
    char *end = name + strlen(name) - 1;
    if (*end != ']')
        return fault(reader, end + 1, "expected ] behind the section's name");
    *end = '\0';
    if (pattern_is_literal(name, syntax)) {
        *counts = strcmp(name, "profinst") == 0;
        return NULL;
    }
    char *why;
    struct pattern *pattern = pattern_make(name, syntax, &why);
    if (!pattern) {
        char *problem = fault(reader, name, "'%s' is no good pattern: %s", name, why);
        free(why);
        return problem;
    }
    *counts = pattern_matches(pattern, "profinst");
    pattern_free(pattern);
    return NULL;
}

/* What a tool does with a function besides instrumenting it says nothing here. */
static bool is_about_instrumenting(const char *category, bool *leaves_out)
{
    static const char *const out[] = {"skip", "forbid", "uninstrumented"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        if (strcmp(category, out[i]) == 0)
            return true;
    if (strcmp(category, "allow") != 0)
        return false;
    *leaves_out = !*leaves_out;
    return true;
}

/* Cuts the category off a pattern; NULL: it has none. */
static const char *cut_category(char *pattern)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    char *sign = strrchr(pattern, '=');
    if (!sign || sign == pattern || !sign[1] || sign[1 + strspn(sign + 1, letters)])
        return NULL;
    *sign = '\0';
    return sign + 1;
}

static char *read_entry(const struct reader *reader, char *line, enum pattern_syntax syntax,
                        bool counts)
{
    bool leaves_out = *line != '!';
    char *prefix = line + !leaves_out, *pattern = strchr(prefix, ':');
    if (!pattern)
        return fault(reader, line, "%s, not '%s'", expected_entry, line);
    *pattern++ = '\0';
    if (!counts)
        return NULL;
    for (size_t i = 0; i < PREFIXES; i++)
        if (strcmp(prefix, prefixes[i].name) == 0) {
            const char *category = cut_category(pattern);
            if (!prefixes[i].subjects ||
                (category && !is_about_instrumenting(category, &leaves_out)))
                return NULL;
            return add(reader, leaves_out ? prefixes[i].leave_out : prefixes[i].put_in, pattern,
                       prefixes[i].subjects, !leaves_out, syntax);
        }
    return fault(reader, prefix, "%s, not '%s:'", expected_entry, prefix);
}

static char *read_special_cases(struct reader *reader)
{
    static const char first_version[] = "#!special-case-list-v1\n";
    const bool first = text_starts(reader->next, first_version);
    const enum pattern_syntax syntax = first ? PATTERN_STARS : PATTERN_BRACES;
    bool counts = true;
    char *problem = NULL;
    for (char *line; !problem && (line = next_line(reader));)
        problem = *line == '[' ? read_section(reader, line + 1, syntax, &counts)
                               : read_entry(reader, line, syntax, counts);
    return problem;
}

/* ---- filters of Score-P ------------------------------------------------------------------- */

static const char score_p[] = "SCOREP_";
static const struct block {
    const char *begin, *end;
    unsigned subjects;
} blocks[] = {
    {"SCOREP_REGION_NAMES_BEGIN", "SCOREP_REGION_NAMES_END", RULE_FUNCTION},
    {"SCOREP_FILE_NAMES_BEGIN", "SCOREP_FILE_NAMES_END", RULE_FILE},
};

/* What has been read of the file. */
struct score_p {
    const struct block *block; /* that it is in; NULL: none */
    bool listing, includes;    /* behind EXCLUDE or INCLUDE */
    bool mangled, fresh;       /* MANGLED may come yet */
};

/* Cuts the next word off the line: up to a blank or comment, but for what follows a backslash.
 * NULL: there is none. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, blanks), *end = word;
    while (*end && !strchr(blanks, *end) && *end != '#')
        end += *end == '\\' && end[1] ? 2 : 1;
    if (end == word)
        return NULL;
    *line = *end == '#' || !*end ? end + strlen(end) : end + 1;
    *end = '\0';
    return word;
}

static char *read_outside(const struct reader *reader, struct score_p *state, const char *word)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (strcmp(word, blocks[i].begin) == 0) {
            *state = (struct score_p){.block = &blocks[i]};
            return NULL;
        }
    return fault(reader, word, "expected %s or %s, not '%s'", blocks[0].begin, blocks[1].begin,
                 word);
}

static char *read_inside(const struct reader *reader, struct score_p *state, const char *word)
{
    static const char *const forms[2][2] = {{"EXCLUDE ", "EXCLUDE MANGLED "},
                                            {"INCLUDE ", "INCLUDE MANGLED "}};
    const struct block *block = state->block;
    const bool regions = block->subjects == RULE_FUNCTION;
    if (strcmp(word, block->end) == 0) {
        state->block = NULL;
        return NULL;
    }
    if (text_starts(word, score_p))
        return fault(reader, word, "expected %s, not '%s'", block->end, word);
    if (strcmp(word, "EXCLUDE") == 0 || strcmp(word, "INCLUDE") == 0) {
        *state = (struct score_p){block, true, *word == 'I', false, true};
        return NULL;
    }
    if (!state->listing)
        return fault(reader, word, "expected EXCLUDE or INCLUDE, not '%s'", word);
    if (state->fresh && regions && strcmp(word, "MANGLED") == 0) {
        state->mangled = true;
        state->fresh = false;
        return NULL;
    }
    state->fresh = false;
    return add(reader, forms[state->includes][state->mangled], word,
               state->mangled ? RULE_LINKAGE : block->subjects, state->includes, PATTERN_GLOB);
}

static char *read_score_p(struct reader *reader)
{
    struct score_p state = {0};
    char *problem = NULL;
    for (char *line; !problem && (line = next_line(reader));)
        for (char *word; !problem && (word = next_word(&line));)
            problem = state.block ? read_inside(reader, &state, word)
                                  : read_outside(reader, &state, word);
    if (problem || !state.block)
        return problem;
    const char *end = reader->next - (reader->next[-1] == '\0');
    return fault(reader, end, "expected %s, not the end of the file", state.block->end);
}

/* True if the first word that is no comment is one of Score-P's. */
static bool is_score_p(const char *text)
{
    for (text += strspn(text, " \t\r\f\v\n"); *text == '#'; text += strspn(text, " \t\r\f\v\n"))
        text = strchrnul(text, '\n');
    return text_starts(text, score_p);
}

char *filter_read(const char *path)
{
    struct file file;
    char *problem = load(path, &file);
    if (problem)
        return problem;
    struct reader reader = {file.path, file.text, file.text, 0};
    return is_score_p(file.text) ? read_score_p(&reader) : read_special_cases(&reader);
}
