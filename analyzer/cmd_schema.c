/* profinst schema: what can be asked of the database. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "output.h"
#include "pager.h"
#include "schema.h"
#include "schema_info.h"
#include "text.h"

enum { TABLE, SQL, JSON, MARKDOWN };
static const char *const formats[] = {"table", "sql", "json", "markdown", NULL};

struct arguments {
    struct screen screen;
    const char *format; /* NULL: sql; of single tables and views, table */
    const char *output; /* NULL: standard output */
    char **names;       /* of tables and views */
    size_t name_count;  /* 0: all */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'f':
        arguments->format = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->names = state->argv + state->next;
        arguments->name_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "format",
     .key = 'f',
     .arg = "table|sql|json|markdown",
     .doc = "What to write (default: sql; of single tables and views: table)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "[TABLE...]",
    .doc = "Print the schema of the database that 'profinst load' fills and 'profinst query' asks: "
           "its tables and views, what they hold, and every column with its type and unit. With "
           "names, only these tables and views.\v"
           "Example: profinst schema functions edges\n\n" COMMAND_EXIT_CODES,
};

/* Column and type as wide as the widest, and the comment in as many lines as it takes. */
static void write_table(FILE *stream, struct pool *pool, const struct schema_table *table,
                        const struct screen *screen)
{
    size_t name = 0, type = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct schema_column *column = &table->columns[i];
        name = strlen(column->name) > name ? strlen(column->name) : name;
        type = strlen(column->type) > type ? strlen(column->type) : type;
    }
    style_write(stream, screen, STYLE_HEADING,
                pool_format(pool, "%s %s", table->view ? "View" : "Table", table->name));
    fputc('\n', stream);
    text_write_lines(stream, table->about, 0, screen->width);
    fputc('\n', stream);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct schema_column *column = &table->columns[i];
        int after_name = (int)(name - strlen(column->name)) + 2;
        int after_type = (int)(type - strlen(column->type)) + 2;
        bool comment = *column->comment;
        fprintf(stream, "  %s%*s", column->name, comment || *column->type ? after_name : 0, "");
        style_write(stream, screen, STYLE_MUTED, column->type);
        fprintf(stream, "%*s", comment ? after_type : 0, "");
        text_write_lines(stream, column->comment, name + type + 6, screen->width);
    }
}

static void write_markdown(FILE *stream, struct pool *pool, const struct schema_table *table)
{
    fprintf(stream, "## %s `%s`\n\n%s\n\n| column | type | what it is |\n| --- | --- | --- |\n",
            table->view ? "View" : "Table", table->name, text_markdown(pool, table->about));
    for (size_t i = 0; i < table->column_count; i++)
        fprintf(stream, "| `%s` | %s | %s |\n", table->columns[i].name, table->columns[i].type,
                text_markdown(pool, table->columns[i].comment));
}

static json_t *json_of(const struct schema_table *table)
{
    json_t *object = json_object(), *columns = json_array();
    for (size_t i = 0; i < table->column_count; i++) {
        json_t *column = json_object();
        json_put(column, "name", json_text(table->columns[i].name));
        json_put(column, "type", json_text(table->columns[i].type));
        json_put(column, "comment", json_text(table->columns[i].comment));
        json_add(columns, column);
    }
    json_put(object, "name", json_text(table->name));
    json_put(object, "kind", json_text(table->view ? "view" : "table"));
    json_put(object, "about", json_text(table->about));
    json_put(object, "columns", columns);
    return object;
}

/* The tables that are asked for, in their order; the caller frees the array. */
static enum status choose(const struct schema *schema, const struct arguments *arguments,
                          const struct schema_table ***chosen, size_t *count)
{
    const char **names = memory_array(schema->table_count + 1, sizeof *names);
    *count = arguments->name_count ? arguments->name_count : schema->table_count;
    *chosen = memory_array(*count, sizeof **chosen);
    for (size_t i = 0; i < schema->table_count; i++)
        names[i] = schema->tables[i].name;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < *count; i++) {
        int found = arguments->name_count
                        ? command_choose("schema", "table or view", names, arguments->names[i])
                        : (int)i;
        status = found < 0 ? STATUS_USAGE : STATUS_OK;
        (*chosen)[i] = &schema->tables[found < 0 ? 0 : found];
    }
    free(names);
    return status;
}

static void write_schema(FILE *stream, struct pool *pool, int format,
                         const struct schema_table *const *tables, size_t count,
                         const struct screen *screen)
{
    json_t *root = format == JSON ? json_array() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (format == JSON) {
            json_add(root, json_of(tables[i]));
            continue;
        }
        fputs(i ? "\n" : "", stream);
        if (format == TABLE)
            write_table(stream, pool, tables[i], screen);
        else if (format == MARKDOWN)
            write_markdown(stream, pool, tables[i]);
        else
            fprintf(stream, "%s;\n", tables[i]->sql);
    }
    if (root)
        json_write(stream, root);
    json_decref(root);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    const char *name = arguments.format ? arguments.format : arguments.name_count ? "table" : "sql";
    int format = command_choose("schema", "format", formats, name);
    if (format < 0)
        return STATUS_USAGE;
    struct schema schema = {0};
    const struct schema_table **tables = NULL;
    size_t count = 0;
    enum status status = screen_open(&arguments.screen, "schema", arguments.output);
    if (status == STATUS_OK)
        status = schema_read(&schema);
    if (status == STATUS_OK)
        status = choose(&schema, &arguments, &tables, &count);
    if (status == STATUS_OK) {
        struct output output;
        output_begin(&output);
        if (format == SQL && !arguments.name_count)
            fputs(schema_sql, output.stream); /* with indexes, and what stands between */
        else
            write_schema(output.stream, &schema.pool, format, tables, count, &arguments.screen);
        status = pager_end(&output, arguments.output, &arguments.screen);
    }
    free(tables);
    schema_free(&schema);
    return status;
}

const struct command command_schema = {"schema", "profinst schema", "Print what the database holds",
                                       &parser, run};
