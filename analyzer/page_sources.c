/* The source of functions, where it is at hand: the costliest first, and no more than a page can
 * carry. A profile may come from anybody and name any file, while a page is made to be shown
 * around: so nothing is read but what is named like a source file, and of that only functions. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "page.h"
#include "text.h"

enum {
    MOST_FUNCTIONS = 2000,
    MOST_BYTES = 2 << 20,   /* of all pieces together */
    LARGEST_FILE = 4 << 20, /* generated sources have megabytes */
    MOST_READ = 64 << 20,   /* of all files together */
    MOST_LINES = 120,       /* of a function */
    MOST_COLUMNS = 200,     /* of a line */
    LINES_BEFORE = 3,       /* a type, or what a comment says */
};

struct file {
    const char *path;
    char *text; /* NULL: it is not there, or no source */
    bool changed;
};

struct files {
    struct file *files;
    size_t count, capacity, read;
};

static bool looks_like_source(const char *path)
{
    static const char *const endings[] = {"c",   "cc",  "cpp", "cxx", "c++", "h",   "hh",  "hpp",
                                          "hxx", "h++", "inc", "inl", "ipp", "tcc", "tpp", "ixx",
                                          "C",   "H",   "m",   "mm",  "y",   "l",   "ll",  "yy"};
    const char *dot = strrchr(text_base_name(path), '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcmp(dot + 1, endings[i]) == 0)
            return true;
    return false;
}

static char *read_whole(int descriptor, size_t size)
{
    char *text = memory_take(size + 1);
    size_t at = 0;
    ssize_t step;
    while (at < size && (step = read(descriptor, text + at, size - at)) > 0)
        at += (size_t)step;
    text[at] = '\0';
    if (memchr(text, '\0', at)) { /* no text */
        free(text);
        return NULL;
    }
    return text;
}

static void read_file(struct files *files, struct file *file, int64_t started_unix_ns)
{
    if (!looks_like_source(file->path))
        return;
    struct stat about;
    int descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return;
    if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= LARGEST_FILE &&
        files->read + (size_t)about.st_size <= MOST_READ) {
        files->read += (size_t)about.st_size;
        file->text = read_whole(descriptor, (size_t)about.st_size);
        file->changed = about.st_mtim.tv_sec > started_unix_ns / 1000000000;
    }
    close(descriptor);
}

static const struct file *find_file(struct files *files, const char *path, int64_t started_unix_ns)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->files[i].path, path) == 0)
            return &files->files[i];
    files->files = memory_grow(files->files, &files->capacity, files->count, sizeof *files->files);
    struct file *file = &files->files[files->count++];
    *file = (struct file){.path = path};
    read_file(files, file, started_unix_ns);
    return file;
}

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : NULL;
}

/* A line before the function's own belongs to it if it is no end of what stands before. */
static bool belongs(const char *line)
{
    size_t length = strcspn(line, "\r\n");
    size_t blank = strspn(line, " \t");
    if (blank >= length || line[0] == '#')
        return false;
    char last = line[length - 1];
    return last != ';' && last != '}' && last != '{' && last != ':';
}

/* Behind the bracket that closes the first one opened; as well as that can be told without a
 * compiler. NULL: there is none. */
static const char *find_end(const char *at)
{
    int depth = 0;
    for (; *at; at++) {
        if (at[0] == '/' && at[1] == '/') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end ? end + 1 : at + strlen(at) - 1;
        } else if (*at == '"' || *at == '\'') {
            char quote = *at++;
            for (; *at && *at != quote && *at != '\n'; at++)
                at += *at == '\\' && at[1] ? 1 : 0;
        } else if (*at == '{') {
            depth++;
        } else if ((*at == '}' && --depth <= 0) || (*at == ';' && depth == 0)) {
            return at + 1;
        }
        if (!*at)
            break;
    }
    return NULL;
}

/* Fit to be shown; tabs stay. */
static void put_line(FILE *stream, const char *line)
{
    struct pool pool = {0};
    char *text = pool_format(&pool, "%.*s", (int)strcspn(line, "\r\n"), line), *part;
    bool first = true;
    text = text_cut(&pool, text_valid(&pool, text), MOST_COLUMNS);
    while ((part = strsep(&text, "\t"))) {
        fprintf(stream, "%s%s", first ? "" : "\t", text_printable(&pool, part));
        first = false;
    }
    pool_free(&pool);
}

struct piece {
    const char *begin, *end;
    int64_t line; /* the number of the first */
    bool cut;     /* the function goes on */
};

/* False: the file has no such line. */
static bool find_piece(const char *text, int64_t line, struct piece *piece)
{
    const char *before[LINES_BEFORE] = {0}; /* the latest first */
    const char *at = text;
    for (int64_t i = 1; at && i < line; i++) {
        memmove(before + 1, before, sizeof before - sizeof *before);
        before[0] = at;
        at = next_line(at);
    }
    if (!at || !*at)
        return false;
    *piece = (struct piece){.begin = at, .line = line};
    for (int i = 0; i < LINES_BEFORE && before[i] && belongs(before[i]); i++) {
        piece->begin = before[i];
        piece->line--;
    }
    const char *end = find_end(at);
    int lines = 0;
    for (at = piece->begin; at && *at && lines < MOST_LINES && !(end && at >= end); lines++)
        at = next_line(at);
    piece->end = at ? at : piece->begin + strlen(piece->begin);
    piece->cut = end ? piece->end < end : *piece->end;
    return true;
}

/* Adds to `size` what it takes. */
static void add_piece(json_t *sources, size_t function, const struct piece *piece, bool changed,
                      size_t *size)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (!stream)
        out_of_memory();
    for (const char *at = piece->begin; at && at < piece->end; at = next_line(at)) {
        put_line(stream, at);
        fputc('\n', stream);
    }
    if (fclose(stream) != 0)
        out_of_memory();
    json_t *object = json_object();
    json_put(object, "function", json_integer((json_int_t)function));
    json_put(object, "line", json_integer(piece->line));
    json_put(object, "text", json_text(text));
    json_put(object, "cut", json_boolean(piece->cut));
    json_put(object, "changed", json_boolean(changed));
    json_add(sources, object);
    *size += length;
    free(text);
}

static int64_t first_start(const struct report *report)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < report->process_count; i++)
        if (report->processes[i].started_unix_ns < first)
            first = report->processes[i].started_unix_ns;
    return first;
}

void page_write_sources(FILE *stream, struct page *page)
{
    const struct report *report = &page->report;
    struct files files = {0};
    json_t *sources = json_array();
    int64_t started_unix_ns = first_start(report);
    size_t size = 0;
    for (size_t i = 0; i < report->function_count && i < MOST_FUNCTIONS && size < MOST_BYTES; i++) {
        const struct report_function *row = &report->functions[i];
        struct piece piece;
        if (!row->file || row->line <= 0)
            continue;
        const struct file *file = find_file(&files, row->file, started_unix_ns);
        if (file->text && find_piece(file->text, row->line, &piece))
            add_piece(sources, i, &piece, file->changed, &size);
    }
    if (json_dumpf(sources, stream, JSON_COMPACT) != 0)
        out_of_memory();
    json_decref(sources);
    for (size_t i = 0; i < files.count; i++)
        free(files.files[i].text);
    free(files.files);
}
