/* pprof's format: gzipped protocol buffers. A message may be written in pieces, of which readers
 * put repeated fields together; so every text, function and sample is a piece, and none of them
 * stays in memory. */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "gzip.h"
#include "pprof.pb-c.h"
#include "text.h"

/* Whose samples they are: a thread, with the texts that say it. */
struct owner {
    int64_t id; /* threads.id */
    int64_t process, name;
    int64_t unattributed_ns;
};

struct pprof {
    struct gzip gzip;
    const struct tree *tree;
    struct pool pool;
    int64_t text_count;
    int64_t process_key, thread_key;             /* texts */
    uint64_t outside, unattributed, folded, cut; /* locations; those of functions come before */
    struct owner *owners;
    size_t owner_count;
    const struct owner *owner; /* of the samples at hand; NULL: unknown */
};

enum { VALUES = 3, LABELS = 2 };

static void write_piece(struct pprof *pprof, const Pprof__Profile *piece)
{
    uint8_t small[4096];
    size_t size = pprof__profile__get_packed_size(piece);
    uint8_t *bytes = size <= sizeof small ? small : memory_take(size);
    gzip_write(&pprof->gzip, bytes, pprof__profile__pack(piece, bytes));
    if (bytes != small)
        free(bytes);
}

/* Its number; text 0 is empty. */
static int64_t add_text(struct pprof *pprof, const char *text)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    char *texts[] = {(char *)text};
    piece.n_texts = 1;
    piece.texts = texts;
    write_piece(pprof, &piece);
    return pprof->text_count++;
}

/* A name, fit to be shown; tools show it as it is. */
static int64_t add_name(struct pprof *pprof, const char *name)
{
    return name ? add_text(pprof, export_name(&pprof->pool, name, "")) : 0;
}

static void write_unit(struct pprof *pprof, int64_t name, const char *unit)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    Pprof__Unit value = PPROF__UNIT__INIT;
    Pprof__Unit *values[] = {&value};
    value.name = name;
    value.unit = add_text(pprof, unit);
    piece.n_value_units = 1;
    piece.value_units = values;
    write_piece(pprof, &piece);
}

/* The values of each sample, in their order; and which of them is shown if nobody says. */
static void write_units(struct pprof *pprof)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    int64_t calls = add_text(pprof, "calls");
    write_unit(pprof, calls, "count");
    write_unit(pprof, add_text(pprof, "inlined_calls"), "count");
    piece.default_value = calls;
    if (export_has_times(pprof->tree)) {
        int64_t time = add_text(pprof, "time");
        write_unit(pprof, time, "nanoseconds");
        piece.default_value = time;
    }
    write_piece(pprof, &piece);
}

/* pprof needs no program to look names up in: everything is here. */
static void write_module(struct pprof *pprof, uint64_t id, const char *path)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    Pprof__Module module = PPROF__MODULE__INIT;
    Pprof__Module *modules[] = {&module};
    module.id = id;
    module.path = add_name(pprof, path);
    module.has_functions = module.has_files = module.has_lines = module.has_inlined = true;
    piece.n_modules = 1;
    piece.modules = modules;
    write_piece(pprof, &piece);
}

/* A function with its only location, of the same id. `module` 0: none. Where the linkage name is
 * that of people, it is left out: pprof would take it for one that is still to be demangled, and
 * cut off what looks like parameters. */
static void write_function(struct pprof *pprof, uint64_t id, uint64_t module,
                           const struct tree_function *written)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    Pprof__Function function = PPROF__FUNCTION__INIT;
    Pprof__Function *functions[] = {&function};
    Pprof__Location location = PPROF__LOCATION__INIT;
    Pprof__Location *locations[] = {&location};
    Pprof__Line line = PPROF__LINE__INIT;
    Pprof__Line *lines[] = {&line};
    function.id = location.id = line.function = id;
    bool mangled = written->linkage_name && strcmp(written->linkage_name, written->name) != 0;
    function.name = add_name(pprof, written->name);
    function.linkage_name = mangled ? add_name(pprof, written->linkage_name) : 0;
    function.file = add_name(pprof, written->file);
    function.line = line.line = written->line;
    location.module = module;
    location.n_lines = piece.n_locations = piece.n_functions = 1;
    location.lines = lines;
    piece.locations = locations;
    piece.functions = functions;
    write_piece(pprof, &piece);
}

static void write_functions(struct pprof *pprof)
{
    const struct tree *tree = pprof->tree;
    size_t count = tree->function_count;
    const char **paths = memory_array(count, sizeof *paths);
    for (size_t i = 0; i < count; i++)
        paths[i] = tree->functions[i].external ? "" : tree->functions[i].module_path;
    size_t *numbers = export_number(paths, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t module = *paths[i] ? numbers[i] + 1 : 0;
        if (module == i + 1)
            write_module(pprof, module, paths[i]);
        write_function(pprof, i + 1, module, &tree->functions[i]);
    }
    const char *const others[] = {EXPORT_OUTSIDE, EXPORT_UNATTRIBUTED, "(folded)", EXPORT_CUT};
    uint64_t *const ids[] = {&pprof->outside, &pprof->unattributed, &pprof->folded, &pprof->cut};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        *ids[i] = count + 1 + i;
        write_function(pprof, *ids[i], 0, &(struct tree_function){.name = others[i]});
    }
    free(paths);
    free(numbers);
}

static void write_sample(struct pprof *pprof, uint64_t *locations, size_t depth,
                         const int64_t values[VALUES])
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    Pprof__Sample sample = PPROF__SAMPLE__INIT;
    Pprof__Sample *samples[] = {&sample};
    Pprof__Label process = PPROF__LABEL__INIT, thread = PPROF__LABEL__INIT;
    Pprof__Label *labels[LABELS] = {&process, &thread};
    sample.n_locations = depth;
    sample.locations = locations;
    sample.n_values = export_has_times(pprof->tree) ? VALUES : VALUES - 1;
    sample.values = (int64_t *)values;
    if (pprof->owner) {
        process.name = pprof->process_key;
        process.value = pprof->owner->process;
        thread.name = pprof->thread_key;
        thread.value = pprof->owner->name;
        sample.n_labels = LABELS;
        sample.labels = labels;
    }
    piece.n_samples = 1;
    piece.samples = samples;
    write_piece(pprof, &piece);
}

static int by_id(const void *left, const void *right)
{
    const struct owner *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

/* Everything below a thread's node is the thread's. */
static void enter_thread(struct pprof *pprof, const struct tree_node *node)
{
    struct owner key = {.id = node->group};
    pprof->owner = pprof->owner_count
                       ? bsearch(&key, pprof->owners, pprof->owner_count, sizeof key, by_id)
                       : NULL;
}

static uint64_t location_of(const struct pprof *pprof, const struct tree_node *node)
{
    return node->label ? pprof->folded : node->function + UINT64_C(1);
}

static void visit(const struct tree *tree, const struct export_stack *stack, void *context)
{
    struct pprof *pprof = context;
    const struct tree_node *leaf = &tree->nodes[stack->nodes[stack->depth - 1]];
    uint64_t locations[EXPORT_DEEPEST + 2];
    size_t depth = 0;
    if (leaf->depth == 1)
        enter_thread(pprof, leaf);
    const int64_t values[VALUES] = {export_amount(leaf->calls), export_amount(leaf->inlined_calls),
                                    export_amount(leaf->self_ns)};
    if (values[0] == 0 && values[2] == 0)
        return;
    if (leaf->label)
        locations[depth++] = pprof->outside;
    for (size_t i = stack->depth; i-- > 0;)
        if (tree->nodes[stack->nodes[i]].depth > 1)
            locations[depth++] = location_of(pprof, &tree->nodes[stack->nodes[i]]);
    if (stack->cut)
        locations[depth++] = pprof->cut;
    write_sample(pprof, locations, depth, values);
}

static void write_unattributed(struct pprof *pprof)
{
    for (size_t i = 0; i < pprof->owner_count; i++) {
        const int64_t values[VALUES] = {0, 0, pprof->owners[i].unattributed_ns};
        pprof->owner = &pprof->owners[i];
        if (values[2] > 0)
            write_sample(pprof, &pprof->unattributed, 1, values);
    }
}

static enum status query_owners(struct pprof *pprof, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT threads.id, processes.process_id, processes.program, threads.number, threads.name,"
        " threads.unattributed_ns FROM threads JOIN processes ON processes.id = threads.process"
        " ORDER BY threads.id",
        &row);
    size_t capacity = 0;
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        const char *program = text_base_name(database_text(&pprof->pool, row, 2));
        const char *process =
            pool_format(&pprof->pool, "%lld %s", (long long)sqlite3_column_int64(row, 1), program);
        const char *name =
            pool_format(&pprof->pool, "%lld %s", (long long)sqlite3_column_int64(row, 3),
                        database_text(&pprof->pool, row, 4));
        pprof->owners =
            memory_grow(pprof->owners, &capacity, pprof->owner_count, sizeof *pprof->owners);
        pprof->owners[pprof->owner_count++] =
            (struct owner){.id = sqlite3_column_int64(row, 0),
                           .process = add_name(pprof, process),
                           .name = add_name(pprof, name),
                           .unattributed_ns = export_amount(sqlite3_column_int64(row, 5))};
    }
    sqlite3_finalize(row);
    return status;
}

/* When it was, if it was one run. */
static enum status write_moment(struct pprof *pprof, struct database *database)
{
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    sqlite3_stmt *row;
    bool more = false;
    enum status status = database_prepare(
        database, "SELECT min(started_unix_ns), max(duration_ns), count(*) FROM runs", &row);
    if (status == STATUS_OK)
        status = database_step(database, row, &more);
    if (status == STATUS_OK && more && sqlite3_column_int64(row, 2) == 1) {
        piece.started_unix_ns = export_amount(sqlite3_column_int64(row, 0));
        piece.duration_ns = export_amount(sqlite3_column_int64(row, 1));
        write_piece(pprof, &piece);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status write_profile(struct pprof *pprof, struct database *database)
{
    add_text(pprof, "");
    pprof->process_key = add_text(pprof, "process");
    pprof->thread_key = add_text(pprof, "thread");
    write_units(pprof);
    enum status status = write_moment(pprof, database);
    if (status == STATUS_OK)
        status = query_owners(pprof, database);
    if (status != STATUS_OK)
        return status;
    write_functions(pprof);
    export_stacks(pprof->tree, 1, visit, pprof);
    write_unattributed(pprof);
    return STATUS_OK;
}

enum status export_pprof(FILE *stream, struct database *database)
{
    struct tree tree;
    struct pprof pprof = {.tree = &tree};
    enum status status = tree_query(&tree, database, TREE_THREADS);
    if (status == STATUS_OK) {
        gzip_begin(&pprof.gzip, stream);
        status = write_profile(&pprof, database);
        gzip_end(&pprof.gzip);
    }
    free(pprof.owners);
    pool_free(&pprof.pool);
    tree_free(&tree);
    return status;
}
