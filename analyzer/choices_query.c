#include "choices.h"

#include <stdlib.h>

static const char *limit(struct choices *choices)
{
    return choices->options.limit
               ? pool_format(&choices->pool, " LIMIT %lld", (long long)choices->options.limit)
               : "";
}

bool choices_never_matched(const struct choices_rule *rule)
{
    return rule->given && rule->matched == 0;
}

static enum status query_rules(struct choices *choices, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(&choices->pool,
                    "SELECT id, text, origin, given, matched, decided, count(*) OVER (),"
                    " sum(given AND matched = 0) OVER () FROM choice_rule"
                    " ORDER BY given AND matched = 0 DESC, id%s",
                    limit(choices)),
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        choices->rules =
            memory_grow(choices->rules, &capacity, choices->rule_count, sizeof *choices->rules);
        choices->rules[choices->rule_count++] = (struct choices_rule){
            .number = sqlite3_column_int64(row, 0),
            .text = database_text(&choices->pool, row, 1),
            .origin = database_text(&choices->pool, row, 2),
            .given = sqlite3_column_int(row, 3),
            .matched = sqlite3_column_int64(row, 4),
            .decided = sqlite3_column_int64(row, 5),
        };
        choices->all_rules = sqlite3_column_int64(row, 6);
        choices->never_matched = sqlite3_column_int64(row, 7);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_filters(struct choices *choices, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database, "SELECT value FROM choice_filter ORDER BY value", &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        choices->filters = memory_grow(choices->filters, &capacity, choices->filter_count,
                                       sizeof *choices->filters);
        choices->filters[choices->filter_count++] = database_text(&choices->pool, row, 0);
    }
    sqlite3_finalize(row);
    return status;
}

/* Of the functions, those that the options ask for. */
static const char *wanted(const struct choices_options *options)
{
    return options->measured   ? "selected AND NOT off"
           : options->left_out ? "NOT (selected AND NOT off)"
                               : "1";
}

static enum status query_functions(struct choices *choices, struct database *database,
                                   struct choices_module *module, sqlite3_int64 id)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(&choices->pool,
                    "SELECT name, linkage_name, file, line, size, units, ifnull(rule_id, 0),"
                    " ifnull(choice_rule.text, ''), ifnull(choice_rule.origin, ''), selected, off,"
                    " ifnull(choice_unit.path, ''), count(*) OVER (),"
                    " iif(fingerprint, printf('%%016x', fingerprint), '') FROM choice"
                    " LEFT JOIN choice_rule ON choice_rule.id = rule_id"
                    " LEFT JOIN choice_unit ON choice_unit.id = unit_id"
                    " WHERE choice.module_id = %lld AND %s"
                    " ORDER BY selected AND NOT off, size DESC, name, linkage_name, file, line,"
                    " rule_id, selected%s",
                    (long long)id, wanted(&choices->options), limit(choices)),
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    struct pool *pool = &choices->pool;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        module->rows =
            memory_grow(module->rows, &capacity, module->row_count, sizeof *module->rows);
        module->rows[module->row_count++] = (struct choices_function){
            .name = database_text(pool, row, 0),
            .linkage_name = database_text(pool, row, 1),
            .file = database_text(pool, row, 2),
            .line = sqlite3_column_int64(row, 3),
            .size = sqlite3_column_int64(row, 4),
            .units = sqlite3_column_int64(row, 5),
            .rule = sqlite3_column_int64(row, 6),
            .rule_text = database_text(pool, row, 7),
            .rule_origin = database_text(pool, row, 8),
            .selected = sqlite3_column_int(row, 9),
            .off = sqlite3_column_int(row, 10),
            .unit = database_text(pool, row, 11),
            .fingerprint = database_text(pool, row, 13),
        };
        module->wanted = sqlite3_column_int64(row, 12);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_modules(struct choices *choices, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT choice_module.id, path, count(*), sum(selected AND NOT off), sum(off),"
        " (SELECT count(*) FROM choice_unit WHERE choice_unit.module_id = choice_module.id)"
        " FROM choice_module JOIN choice ON choice.module_id = choice_module.id"
        " GROUP BY choice_module.id ORDER BY choice_module.id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        choices->modules = memory_grow(choices->modules, &capacity, choices->module_count,
                                       sizeof *choices->modules);
        struct choices_module *module = &choices->modules[choices->module_count++];
        *module = (struct choices_module){
            .path = database_text(&choices->pool, row, 1),
            .functions = sqlite3_column_int64(row, 2),
            .measured = sqlite3_column_int64(row, 3),
            .off = sqlite3_column_int64(row, 4),
            .units = sqlite3_column_int64(row, 5),
        };
        if (!choices->options.rules)
            status = query_functions(choices, database, module, sqlite3_column_int64(row, 0));
    }
    sqlite3_finalize(row);
    return status;
}

enum status choices_query(struct choices *choices, struct database *database,
                          const struct choices_options *options)
{
    *choices = (struct choices){.options = *options};
    enum status status = query_rules(choices, database);
    if (status == STATUS_OK)
        status = query_filters(choices, database);
    return status == STATUS_OK ? query_modules(choices, database) : status;
}

void choices_free(struct choices *choices)
{
    for (size_t i = 0; i < choices->module_count; i++)
        free(choices->modules[i].rows);
    free(choices->modules);
    free(choices->rules);
    free(choices->filters);
    pool_free(&choices->pool);
}
