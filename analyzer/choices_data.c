/* Choices for programs: JSON and CSV. */
#include <inttypes.h>

#include "choices.h"
#include "csv.h"
#include "json.h"
#include "text.h"

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static json_t *rule_object(const struct choices_rule *rule)
{
    json_t *object = json_object();
    json_put(object, "number", json_integer(rule->number));
    json_put(object, "rule", json_text(rule->text));
    json_put(object, "origin", json_text(or_null(rule->origin)));
    json_put(object, "given", json_boolean(rule->given));
    json_put(object, "matched", json_integer(rule->matched));
    json_put(object, "decided", json_integer(rule->decided));
    json_put(object, "never_matched", json_boolean(choices_never_matched(rule)));
    return object;
}

static json_t *function_object(const struct choices_module *module,
                               const struct choices_function *row)
{
    json_t *object = json_object();
    json_put(object, "function", json_text(row->name));
    json_put(object, "linkage_name", json_text(row->linkage_name));
    json_put(object, "module", json_text(module->path));
    json_put(object, "unit", json_text(or_null(row->unit)));
    json_put(object, "units", json_integer(row->units));
    json_put(object, "file", json_text(or_null(row->file)));
    json_put(object, "line", json_line(row->line));
    json_put(object, "size", json_line(row->size));
    json_put(object, "fingerprint", json_text(or_null(row->fingerprint)));
    json_put(object, "selected", json_boolean(row->selected));
    json_put(object, "switched_off", json_boolean(row->off));
    json_put(object, "rule", json_text(or_null(row->rule_text)));
    json_put(object, "origin", json_text(or_null(row->rule_origin)));
    json_put(object, "rule_number", json_line(row->rule));
    return object;
}

static json_t *module_object(const struct choices_module *module)
{
    json_t *object = json_object();
    json_put(object, "module", json_text(module->path));
    json_put(object, "units", json_integer(module->units));
    json_put(object, "functions", json_integer(module->functions));
    json_put(object, "measured", json_integer(module->measured));
    json_put(object, "switched_off", json_integer(module->off));
    return object;
}

void choices_write_json(FILE *stream, struct choices *choices)
{
    json_t *root = json_object();
    json_t *rules = json_array(), *modules = json_array(), *functions = json_array(),
           *filters = json_array();
    for (size_t i = 0; i < choices->rule_count; i++)
        json_add(rules, rule_object(&choices->rules[i]));
    for (size_t i = 0; i < choices->filter_count; i++)
        json_add(filters, json_text(choices->filters[i]));
    for (size_t i = 0; i < choices->module_count; i++) {
        const struct choices_module *module = &choices->modules[i];
        json_add(modules, module_object(module));
        for (size_t j = 0; j < module->row_count; j++)
            json_add(functions, function_object(module, &module->rows[j]));
    }
    json_put(root, "version", json_integer(1));
    json_put(root, "modules", modules);
    json_put(root, "filters", filters);
    json_put(root, "rules", rules);
    if (choices->options.rules)
        json_decref(functions);
    else
        json_put(root, "functions", functions);
    json_write(stream, root);
    json_decref(root);
}

static void write_rules(FILE *stream, const struct choices *choices)
{
    fputs("rule,origin,number,given,matched,decided,never_matched\r\n", stream);
    for (size_t i = 0; i < choices->rule_count; i++) {
        const struct choices_rule *rule = &choices->rules[i];
        csv_field(stream, rule->text);
        csv_field(stream, rule->origin);
        fprintf(stream, "%" PRId64 ",%d,%" PRId64 ",%" PRId64 ",%d\r\n", rule->number, rule->given,
                rule->matched, rule->decided, choices_never_matched(rule));
    }
}

static void number_or_nothing(FILE *stream, int64_t number)
{
    if (number)
        fprintf(stream, "%" PRId64, number);
    fputc(',', stream);
}

static void write_function(FILE *stream, const struct choices_module *module,
                           const struct choices_function *row)
{
    csv_field(stream, row->name);
    csv_field(stream, row->linkage_name);
    csv_field(stream, module->path);
    csv_field(stream, row->unit);
    fprintf(stream, "%" PRId64 ",", row->units);
    csv_field(stream, row->file);
    number_or_nothing(stream, row->line);
    number_or_nothing(stream, row->size);
    fprintf(stream, "%s,%d,%d,", row->fingerprint, row->selected, row->off);
    number_or_nothing(stream, row->rule);
    csv_field(stream, row->rule_text);
    csv_last_field(stream, row->rule_origin);
}

void choices_write_csv(FILE *stream, struct choices *choices)
{
    if (choices->options.rules) {
        write_rules(stream, choices);
        return;
    }
    fputs(
        "function,linkage_name,module,unit,units,file,line,size,fingerprint,selected,switched_off,"
        "rule_number,rule,origin\r\n",
        stream);
    for (size_t i = 0; i < choices->module_count; i++)
        for (size_t j = 0; j < choices->modules[i].row_count; j++)
            write_function(stream, &choices->modules[i], &choices->modules[i].rows[j]);
}
