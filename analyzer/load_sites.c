/* Call sites, and the source files that only they name. */
#include <stdlib.h>
#include <string.h>

#include "load_steps.h"
#include "sites.h"
#include "text.h"

/* A source file by its path. */
struct path_id {
    const char *path;
    sqlite3_int64 id;
};

struct writer {
    struct loader *loader;
    sqlite3_stmt *add_file, *add_site;
    struct path_id *files; /* by path */
    size_t file_count;
    struct path_id last; /* mostly the file of the site before */
};

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct path_id *)left)->path, ((const struct path_id *)right)->path);
}

/* Those of functions, which most sites are in. */
static void list_files(struct writer *writer)
{
    const struct loader *loader = writer->loader;
    writer->file_count = loader->profile->source_count;
    writer->files = memory_array(writer->file_count, sizeof *writer->files);
    for (size_t i = 0; i < writer->file_count; i++)
        writer->files[i] = (struct path_id){loader->profile->sources[i], loader->sources[i]};
    qsort(writer->files, writer->file_count, sizeof *writer->files, by_path);
}

static enum status find_file(struct writer *writer, const char *path, sqlite3_int64 *id)
{
    const struct path_id key = {.path = path};
    if (!writer->last.path || strcmp(writer->last.path, path) != 0) {
        const struct path_id *found =
            bsearch(&key, writer->files, writer->file_count, sizeof key, by_path);
        writer->last = found ? *found : key;
        if (!found) {
            database_bind_text(writer->add_file, 1, load_text(writer->loader, path));
            enum status status =
                load_run_for_id(writer->loader, writer->add_file, &writer->last.id);
            if (status != STATUS_OK)
                return status;
        }
    }
    *id = writer->last.id;
    return STATUS_OK;
}

static enum status add_site(struct writer *writer, const struct site *site)
{
    static const char *const kinds[] = {
        [SITE_DIRECT] = "direct", [SITE_POINTER] = "pointer", [SITE_THROUGH] = "through"};
    struct loader *loader = writer->loader;
    struct pool pool = {0};
    sqlite3_int64 file;
    enum status status = find_file(writer, site->file, &file);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *statement = writer->add_site;
    sqlite3_bind_int64(statement, 1, loader->process);
    sqlite3_bind_int64(statement, 2, loader->functions[site->caller]);
    sqlite3_bind_int64(statement, 3, loader->functions[site->callee]);
    sqlite3_bind_int64(statement, 4, file);
    sqlite3_bind_int64(statement, 5, site->line);
    database_bind_text(statement, 6, kinds[site->kind]);
    database_bind_text(statement, 7,
                       site->through ? load_demangle(&pool, text_valid(&pool, site->through))
                                     : NULL);
    sqlite3_bind_int64(statement, 8, site->places);
    sqlite3_bind_int(statement, 9, site->exact);
    status = database_run(loader->database, statement);
    pool_free(&pool);
    return status;
}

static enum status prepare(struct writer *writer)
{
    struct database *database = writer->loader->database;
    enum status status =
        database_prepare(database,
                         "INSERT INTO source_file (path) VALUES (?)"
                         " ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id",
                         &writer->add_file);
    /* Names that differ in nothing but how bytes that are no UTF-8 are spelled are one. */
    return status == STATUS_OK
               ? database_prepare(database,
                                  "INSERT INTO call_site (process_id, caller_id, callee_id,"
                                  " source_file_id, line, kind, through, sites, exact)"
                                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                  &writer->add_site)
               : status;
}

enum status load_sites(struct loader *loader, const struct unit_set *units,
                       const struct totals *totals)
{
    struct sites sites = sites_find(units, totals);
    struct writer writer = {.loader = loader};
    enum status status = prepare(&writer);
    if (status == STATUS_OK)
        list_files(&writer);
    for (size_t i = 0; status == STATUS_OK && i < sites.count; i++)
        status = add_site(&writer, &sites.sites[i]);
    sqlite3_finalize(writer.add_file);
    sqlite3_finalize(writer.add_site);
    free(writer.files);
    sites_free(&sites);
    return status;
}
