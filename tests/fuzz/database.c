/* Fuzzes the commands that read a database with whole SQLite files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "graph_draw.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SQLite wants a file with a name. */
static const char *path(void)
{
    static char name[64];
    if (!*name)
        snprintf(name, sizeof name, "/dev/shm/profinst-fuzz-%ld.db", (long)getpid());
    return name;
}

/* With what SQLite may have left beside it; the next input must not meet it. */
static void remove_file(void)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    char name[96];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%s%s", path(), endings[i]);
        unlink(name);
    }
}

static void write_file(const uint8_t *data, size_t size)
{
    static bool seen;
    if (!seen)
        atexit(remove_file);
    seen = true;
    remove_file();
    int file = open(path(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    RULE(file >= 0 && write(file, data, size) == (ssize_t)size && close(file) == 0);
}

/* Reading may fail, but only because of the input; what was read can be written. */
static void report(struct database *database)
{
    struct report report;
    struct advice_list advice = {0};
    struct config config;
    char *bytes = NULL;
    size_t size = 0;
    config_standard(&config);
    struct report_options options = {
        .limit = 50, .edges = true, .contexts = true, .config = &config};
    enum status status = report_query(&report, database, &options);
    if (status == STATUS_OK)
        status = advice_query(&advice, database, &config);
    report.advice = &advice;
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK) {
        FILE *stream = open_memstream(&bytes, &size);
        report_write_table(stream, &report, &(struct screen){0});
        report_write_markdown(stream, &report);
        report_write_json(stream, &report);
        fclose(stream);
        fuzz_check_text(bytes, size, "");
        free(bytes);
    }
    advice_free(&advice);
    report_free(&report);
}

static void draw(struct database *database)
{
    struct graph graph;
    char *bytes = NULL;
    size_t size = 0;
    struct graph_options options = {.limit = 50};
    enum status status = graph_query(&graph, database, &options);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK) {
        RULE(graph_draw(&graph, "dot", false, &bytes, &size) == STATUS_OK);
        fuzz_check_text(bytes, size, "\t");
        graph_free_picture(bytes);
    }
    graph_free(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    write_file(data, size);
    fuzz_hear_messages();
    struct source source = {.command = "fuzz", .database = path()};
    struct database database;
    enum status status = source_open(&source, &database);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK) {
        report(&database);
        draw(&database);
        fuzz_check_exports(&database);
        source_close(&source, &database);
    }
    fuzz_check_messages();
    return 0;
}
