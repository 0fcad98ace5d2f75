/* The database tells what tables and columns there are; what is said about them stands in the text
 * of each, which it keeps: first a comment on the whole, then, behind each column, one on that,
 * which may go on in the lines below. */
#define _GNU_SOURCE
#include "schema_info.h"

#include <stdlib.h>
#include <string.h>

#include "database.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A line of a statement: code, and the comment behind it without its mark and spaces; either may be
 * empty. */
struct line {
    const char *code, *code_end, *comment, *end;
};

static struct line line_at(const char *text)
{
    struct line line = {.code = text, .end = strchrnul(text, '\n')};
    bool quoted = false;
    const char *at = text;
    for (; at < line.end && (quoted || strncmp(at, "--", 2) != 0); at++)
        quoted = quoted != (*at == '\'');
    line.code_end = at;
    for (line.comment = at; line.comment < line.end && strchr("- ", *line.comment);)
        line.comment++;
    while (line.code < line.code_end && *line.code == ' ')
        line.code++;
    while (line.code_end > line.code && strchr(" ,", line.code_end[-1]))
        line.code_end--;
    return line;
}

/* The column that a line of code is about: of a table its first word, of a view its last. */
static struct schema_column *column_of(const struct schema_table *table, const struct line *line)
{
    const char *begin = line->code, *end = line->code;
    if (table->view)
        for (begin = end = line->code_end; begin > line->code && is_word(begin[-1]);)
            begin--;
    else
        while (end < line->code_end && is_word(*end))
            end++;
    size_t length = (size_t)(end - begin);
    for (size_t i = 0; length && i < table->column_count; i++)
        if (strlen(table->columns[i].name) == length &&
            memcmp(table->columns[i].name, begin, length) == 0)
            return &table->columns[i];
    return NULL;
}

static void append(struct pool *pool, const char **to, const struct line *line)
{
    *to = pool_format(pool, "%s%s%.*s", *to, **to ? " " : "", (int)(line->end - line->comment),
                      line->comment);
}

static void read_comments(struct pool *pool, struct schema_table *table)
{
    struct schema_column *column = NULL;
    bool begun = false; /* behind the comment on the whole */
    for (const char *text = strchrnul(table->sql, '\n'); *text;) {
        struct line line = line_at(text + 1);
        bool code = line.code < line.code_end;
        begun = begun || code;
        if (code)
            column = column_of(table, &line);
        if (line.comment < line.end && !begun)
            append(pool, &table->about, &line);
        else if (line.comment < line.end && column)
            append(pool, &column->comment, &line);
        text = line.end;
    }
}

/* "The columns are those of run_functions." */
static void borrow_comments(const struct schema *schema, struct schema_table *table)
{
    static const char phrase[] = "columns are those of ";
    const char *found = strstr(table->about, phrase);
    const char *name = found ? found + sizeof phrase - 1 : "";
    size_t length = strcspn(name, ". ,");
    for (size_t i = 0; length && i < schema->table_count; i++) {
        const struct schema_table *other = &schema->tables[i];
        if (strlen(other->name) != length || memcmp(other->name, name, length) != 0)
            continue;
        for (size_t c = 0; c < table->column_count; c++)
            for (size_t k = 0; k < other->column_count; k++)
                if (!*table->columns[c].comment &&
                    strcmp(table->columns[c].name, other->columns[k].name) == 0)
                    table->columns[c].comment = other->columns[k].comment;
    }
}

static enum status read_columns(struct pool *pool, struct database *database,
                                struct schema_table *table)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database, "SELECT name, type FROM pragma_table_info(?)", &row);
    if (status != STATUS_OK)
        return status;
    database_bind_text(row, 1, table->name);
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        table->columns =
            memory_grow(table->columns, &capacity, table->column_count, sizeof *table->columns);
        table->columns[table->column_count++] =
            (struct schema_column){database_text(pool, row, 0), database_text(pool, row, 1), ""};
    }
    sqlite3_finalize(row);
    return status;
}

static enum status read_tables(struct schema *schema, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database,
                         "SELECT name, type = 'view', sql FROM sqlite_schema"
                         " WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
                         " ORDER BY rowid",
                         &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        schema->tables =
            memory_grow(schema->tables, &capacity, schema->table_count, sizeof *schema->tables);
        struct schema_table *table = &schema->tables[schema->table_count++];
        *table = (struct schema_table){.name = database_text(&schema->pool, row, 0),
                                       .view = sqlite3_column_int(row, 1),
                                       .about = "",
                                       .sql = database_text(&schema->pool, row, 2)};
        status = read_columns(&schema->pool, database, table);
    }
    sqlite3_finalize(row);
    return status;
}

enum status schema_read(struct schema *schema)
{
    struct database database;
    *schema = (struct schema){0};
    enum status status = database_open_memory(&database);
    if (status != STATUS_OK)
        return status;
    status = read_tables(schema, &database);
    database_close(&database);
    for (size_t i = 0; i < schema->table_count; i++)
        read_comments(&schema->pool, &schema->tables[i]);
    for (size_t i = 0; i < schema->table_count; i++)
        borrow_comments(schema, &schema->tables[i]);
    return status;
}

void schema_free(struct schema *schema)
{
    for (size_t i = 0; i < schema->table_count; i++)
        free(schema->tables[i].columns);
    free(schema->tables);
    pool_free(&schema->pool);
}
