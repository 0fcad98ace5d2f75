/* From profiles to a database of choices: SQLite merges, sorts and counts them. */
#include "choices.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "load.h"
#include "profile_steps.h"
#include "text.h"

static const char schema[] =
    "CREATE TABLE choice_rule (id INTEGER PRIMARY KEY, text TEXT NOT NULL, origin TEXT NOT NULL,"
    " given INTEGER NOT NULL, matched INTEGER NOT NULL, decided INTEGER NOT NULL,"
    " UNIQUE (text, origin));"
    "CREATE TABLE choice_module (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);"
    "CREATE TABLE choice_unit (id INTEGER PRIMARY KEY, module_id INTEGER NOT NULL,"
    " path TEXT NOT NULL, digest INTEGER NOT NULL, UNIQUE (module_id, path, digest));"
    "CREATE TABLE choice (id INTEGER PRIMARY KEY, module_id INTEGER NOT NULL,"
    " linkage_name TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
    " size INTEGER NOT NULL, fingerprint INTEGER NOT NULL, rule_id INTEGER NOT NULL,"
    " selected INTEGER NOT NULL, off INTEGER NOT NULL, unit_id INTEGER NOT NULL,"
    " units INTEGER NOT NULL,"
    " UNIQUE (module_id, linkage_name, file, line, rule_id, selected));"
    "CREATE TABLE choice_off (module_id INTEGER NOT NULL, linkage_name TEXT NOT NULL,"
    " name TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
    " PRIMARY KEY (module_id, linkage_name, file, line)) WITHOUT ROWID;"
    "CREATE TABLE choice_filter (value TEXT PRIMARY KEY) WITHOUT ROWID;";

/* What a function that was switched off has for a rule if no selection tells of it: none. */
static const char switch_off[] =
    "UPDATE choice SET off = 1 WHERE selected AND EXISTS (SELECT 1 FROM choice_off"
    " WHERE choice_off.module_id = choice.module_id AND choice_off.file = choice.file"
    " AND choice_off.linkage_name = choice.linkage_name AND choice_off.line = choice.line);"
    "INSERT INTO choice (module_id, linkage_name, name, file, line, size, fingerprint,"
    " rule_id, selected, off, unit_id, units)"
    " SELECT module_id, linkage_name, name, file, line, 0, 0, 0, 1, 1, 0, 0"
    " FROM choice_off WHERE NOT EXISTS (SELECT 1 FROM choice WHERE choice.off"
    " AND choice_off.module_id = choice.module_id AND choice_off.file = choice.file"
    " AND choice_off.linkage_name = choice.linkage_name AND choice_off.line = choice.line);";

enum status choices_begin(struct database *database)
{
    enum status status = database_open_memory(database);
    if (status != STATUS_OK)
        return status;
    status = database_execute(database, schema);
    if (status != STATUS_OK)
        database_close(database);
    return status;
}

enum status choices_end(struct database *database)
{
    return database_execute(database, switch_off);
}

/* A unit as an entry of names has it. */
struct unit {
    uint32_t object; /* id */
    uint32_t digest;
    const char *path;
    sqlite3_int64 id; /* in the database; 0: another profile has added it */
    bool seen;        /* it has had its selection */
};

struct adder {
    struct database *database;
    struct pool pool;    /* what lives as long as the profile is read */
    struct pool scratch; /* what lives as long as one row is added */
    const char **sources;
    sqlite3_int64 *objects; /* modules in the database */
    struct unit *units;
    size_t source_count, object_count, unit_count;
    size_t source_capacity, object_capacity, unit_capacity;
    sqlite3_stmt *add_module, *add_unit, *add_rule, *add_choice, *add_off, *add_filter;
};

static const char *text(struct pool *pool, const char *raw)
{
    return text_valid(pool, profile_copy_name(pool, raw));
}

static enum status run_for_id(struct adder *adder, sqlite3_stmt *statement, sqlite3_int64 *id)
{
    bool row;
    enum status status = database_step(adder->database, statement, &row);
    *id = status == STATUS_OK && row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return status;
}

static enum status prepare(struct adder *adder)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } all[] = {
        {&adder->add_module, "INSERT INTO choice_module (path) VALUES (?) ON CONFLICT (path)"
                             " DO UPDATE SET path = excluded.path RETURNING id"},
        /* No row if it is there already. */
        {&adder->add_unit, "INSERT INTO choice_unit (module_id, path, digest) VALUES (?, ?, ?)"
                           " ON CONFLICT DO NOTHING RETURNING id"},
        {&adder->add_rule,
         "INSERT INTO choice_rule (text, origin, given, matched, decided) VALUES (?, ?, ?, ?, ?)"
         " ON CONFLICT (text, origin) DO UPDATE SET given = given OR excluded.given,"
         " matched = matched + excluded.matched, decided = decided + excluded.decided"
         " RETURNING id"},
        {&adder->add_choice,
         "INSERT INTO choice (module_id, linkage_name, name, file, line, size, fingerprint,"
         " rule_id, selected, off, unit_id, units) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 1)"
         " ON CONFLICT (module_id, linkage_name, file, line, rule_id, selected) DO UPDATE SET"
         " units = units + 1, size = max(size, excluded.size),"
         " fingerprint = iif(fingerprint = excluded.fingerprint, fingerprint, 0)"},
        {&adder->add_off, "INSERT INTO choice_off (module_id, linkage_name, name, file, line)"
                          " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"},
        {&adder->add_filter, "INSERT INTO choice_filter VALUES (?) ON CONFLICT DO NOTHING"},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof all / sizeof *all; i++)
        status = database_prepare(adder->database, all[i].sql, all[i].statement);
    return status;
}

static enum status add_object(struct adder *adder, const struct entry *entry)
{
    adder->objects = memory_grow(adder->objects, &adder->object_capacity, adder->object_count,
                                 sizeof *adder->objects);
    database_bind_text(adder->add_module, 1, text(&adder->pool, entry->text));
    return run_for_id(adder, adder->add_module, &adder->objects[adder->object_count++]);
}

static enum status add_unit(struct adder *adder, const struct image *image,
                            const struct entry *entry)
{
    if (entry->object == 0 || entry->object > adder->object_count)
        return image_damaged(image, "unit %" PRIu32 " of the unknown object %" PRIu32, entry->id,
                             entry->object);
    adder->units =
        memory_grow(adder->units, &adder->unit_capacity, adder->unit_count, sizeof *adder->units);
    adder->units[adder->unit_count++] = (struct unit){
        .object = entry->object, .digest = entry->line, .path = text(&adder->pool, entry->text)};
    return STATUS_OK;
}

static enum status add_function(struct adder *adder, const struct image *image,
                                const struct entry *entry)
{
    if (!(entry->flags & PROFINST_FUNCTION_OFF))
        return STATUS_OK;
    if (entry->object == 0 || entry->object > adder->object_count ||
        entry->source > adder->source_count)
        return image_damaged(image, "function %" PRIu32 " of an unknown object or source file",
                             entry->id);
    const char *linkage_name = text(&adder->pool, entry->text);
    sqlite3_bind_int64(adder->add_off, 1, adder->objects[entry->object - 1]);
    database_bind_text(adder->add_off, 2, linkage_name);
    database_bind_text(adder->add_off, 3,
                       entry->name && *entry->name ? text(&adder->pool, entry->name)
                                                   : load_demangle(&adder->pool, linkage_name));
    database_bind_text(adder->add_off, 4, entry->source ? adder->sources[entry->source - 1] : "");
    sqlite3_bind_int64(adder->add_off, 5, entry->line);
    return database_run(adder->database, adder->add_off);
}

static enum status misnumbered(const struct image *image, const struct entry *entry, size_t count)
{
    return image_damaged(image, "name %zu has the id %" PRIu32, count + 1, entry->id);
}

static enum status add_entry(struct adder *adder, const struct image *image,
                             const struct entry *entry)
{
    switch (entry->kind) {
    case PROFINST_ENTRY_OBJECT:
        return entry->id == adder->object_count + 1
                   ? add_object(adder, entry)
                   : misnumbered(image, entry, adder->object_count);
    case PROFINST_ENTRY_SOURCE:
        if (entry->id != adder->source_count + 1)
            return misnumbered(image, entry, adder->source_count);
        adder->sources = memory_grow(adder->sources, &adder->source_capacity, adder->source_count,
                                     sizeof *adder->sources);
        adder->sources[adder->source_count++] = text(&adder->pool, entry->text);
        return STATUS_OK;
    case PROFINST_ENTRY_UNIT:
        return entry->id == adder->unit_count + 1 ? add_unit(adder, image, entry)
                                                  : misnumbered(image, entry, adder->unit_count);
    case PROFINST_ENTRY_FUNCTION:
        return add_function(adder, image, entry);
    case PROFINST_ENTRY_FILTER:
        database_bind_text(adder->add_filter, 1, text(&adder->pool, entry->text));
        return database_run(adder->database, adder->add_filter);
    default:
        return STATUS_OK;
    }
}

static enum status add_names(struct adder *adder, const struct image *image)
{
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (status == STATUS_OK && image_next_chunk(image, &chunk, &status)) {
        struct entry entry = {0};
        while (chunk.header.kind == PROFINST_CHUNK_NAMES && status == STATUS_OK &&
               image_next_entry(image, &chunk, &entry, &status))
            status = add_entry(adder, image, &entry);
    }
    return status;
}

static void bind_name(struct adder *adder, sqlite3_stmt *statement, int parameter, const char *raw)
{
    database_bind_text(statement, parameter, text(&adder->scratch, raw));
}

static enum status add_rule(struct adder *adder, const struct choice *choice, uint32_t index,
                            int64_t decided, sqlite3_int64 *id)
{
    const struct profinst_choice_rule *rule = &choice->rules[index];
    sqlite3_stmt *statement = adder->add_rule;
    bind_name(adder, statement, 1, choice->text + rule->text);
    bind_name(adder, statement, 2, choice->text + rule->origin);
    sqlite3_bind_int(statement, 3, (rule->flags & PROFINST_RULE_GIVEN) != 0);
    sqlite3_bind_int64(statement, 4, rule->matched);
    sqlite3_bind_int64(statement, 5, decided);
    enum status status = run_for_id(adder, statement, id);
    pool_free(&adder->scratch);
    return status;
}

static enum status add_rules(struct adder *adder, const struct choice *choice, sqlite3_int64 *ids)
{
    int64_t *decided = memory_array(choice->rule_count, sizeof *decided);
    for (uint32_t i = 0; i < choice->function_count; i++)
        decided[choice->functions[i].rule]++;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < choice->rule_count; i++)
        status = add_rule(adder, choice, i, decided[i], &ids[i]);
    free(decided);
    return status;
}

static enum status add_choice(struct adder *adder, const struct unit *unit,
                              const struct choice *choice, uint32_t index,
                              const sqlite3_int64 *rules)
{
    const struct profinst_choice_function *function = &choice->functions[index];
    sqlite3_stmt *statement = adder->add_choice;
    const char *linkage_name = text(&adder->scratch, choice->text + function->name);
    sqlite3_bind_int64(statement, 1, adder->objects[unit->object - 1]);
    database_bind_text(statement, 2, linkage_name);
    database_bind_text(statement, 3, load_demangle(&adder->scratch, linkage_name));
    bind_name(adder, statement, 4, choice->text + function->file);
    sqlite3_bind_int64(statement, 5, function->line);
    sqlite3_bind_int64(statement, 6, function->size);
    sqlite3_bind_int64(statement, 7, (sqlite3_int64)choice_fingerprint(function));
    sqlite3_bind_int64(statement, 8, rules[function->rule]);
    sqlite3_bind_int64(statement, 9, function->selected);
    sqlite3_bind_int64(statement, 10, unit->id);
    enum status status = database_run(adder->database, statement);
    pool_free(&adder->scratch);
    return status;
}

static enum status add_choices(struct adder *adder, const struct unit *unit,
                               const struct choice *choice)
{
    sqlite3_int64 *rules = memory_array(choice->rule_count, sizeof *rules);
    enum status status = add_rules(adder, choice, rules);
    for (uint32_t i = 0; status == STATUS_OK && i < choice->function_count; i++)
        status = add_choice(adder, unit, choice, i, rules);
    free(rules);
    return status;
}

/* Checks the selection, and adds it unless another profile had it. */
static enum status add_selection(struct adder *adder, const struct image *image,
                                 const struct selection *selection)
{
    if (selection->unit == 0 || selection->unit > adder->unit_count)
        return image_damaged(image, "selection of the unknown unit %" PRIu32, selection->unit);
    struct unit *unit = &adder->units[selection->unit - 1];
    if (unit->seen)
        return image_damaged(image, "unit %" PRIu32 " has two selections", selection->unit);
    unit->seen = true;
    struct choice choice;
    enum status status = choice_open(&choice, image, selection);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(adder->add_unit, 1, adder->objects[unit->object - 1]);
    database_bind_text(adder->add_unit, 2, unit->path);
    sqlite3_bind_int64(adder->add_unit, 3, unit->digest);
    status = run_for_id(adder, adder->add_unit, &unit->id);
    if (status == STATUS_OK && unit->id)
        status = add_choices(adder, unit, &choice);
    choice_close(&choice);
    return status;
}

static enum status add_selections(struct adder *adder, const struct image *image, size_t *count)
{
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (status == STATUS_OK && image_next_chunk(image, &chunk, &status)) {
        struct selection selection = {0};
        while (chunk.header.kind == PROFINST_CHUNK_SELECTIONS && status == STATUS_OK &&
               image_next_selection(image, &chunk, &selection, &status)) {
            status = add_selection(adder, image, &selection);
            (*count)++;
        }
    }
    return status;
}

/* A process may still be writing. A unit is written down before its selection, so names come from
 * the later of two copies, as for profile_open. */
static enum status add_copies(struct adder *adder, const struct image *first, size_t *count)
{
    struct image later;
    enum status status = image_check(first);
    if (status == STATUS_OK)
        status = image_open(&later, first->path);
    if (status != STATUS_OK)
        return status;
    status = image_check(&later);
    if (status == STATUS_OK)
        status = prepare(adder);
    if (status == STATUS_OK)
        status = add_names(adder, &later);
    image_close(&later);
    return status == STATUS_OK ? add_selections(adder, first, count) : status;
}

static void free_adder(struct adder *adder)
{
    sqlite3_finalize(adder->add_module);
    sqlite3_finalize(adder->add_unit);
    sqlite3_finalize(adder->add_rule);
    sqlite3_finalize(adder->add_choice);
    sqlite3_finalize(adder->add_off);
    sqlite3_finalize(adder->add_filter);
    free(adder->sources);
    free(adder->objects);
    free(adder->units);
    pool_free(&adder->scratch);
    pool_free(&adder->pool);
}

enum status choices_add(struct database *database, const char *path)
{
    struct image image;
    size_t count = 0;
    struct adder adder = {.database = database};
    enum status status = image_open(&image, path);
    if (status != STATUS_OK)
        return status;
    status = add_copies(&adder, &image, &count);
    free_adder(&adder);
    image_close(&image);
    if (status == STATUS_OK && count == 0)
        warn("no selection", path,
             "nothing tells which of its functions were selected: what ran had no hooks, there was "
             "no room in the file, or the hooks were put in by opt or by a clang that was given "
             "the back end itself (-fpass-plugin); compile with -fplugin=libprofinst.so");
    return status;
}
