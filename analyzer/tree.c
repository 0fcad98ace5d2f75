/* Contexts come in the order of their ids, callers first, and each finds its node by that of its
 * caller and by its function. At last the nodes are put into the order in which people read them.
 */
#include "tree_draft.h"

#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "progress.h"

struct builder {
    struct tree *tree;
    struct database *database;
    struct tree_draft *drafts;
    size_t draft_count, draft_capacity;
    uint64_t context_count; /* that there may be */
    uint32_t *slots; /* a hash table of drafts by parent, kind and id: index and one; 0: free */
    size_t slot_count;
    struct places contexts; /* drafts of one process's contexts, which come in the order of ids */
};

static enum status query_functions(struct tree *tree, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT function.id, function.name, function.linkage_name, module.name, module.path,"
        " source_file.path, function.line, function.external FROM function"
        " LEFT JOIN module ON module.id = function.module_id"
        " LEFT JOIN source_file ON source_file.id = function.source_file_id"
        " ORDER BY function.id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        tree->functions =
            memory_grow(tree->functions, &capacity, tree->function_count, sizeof *tree->functions);
        tree->functions[tree->function_count++] = (struct tree_function){
            .id = sqlite3_column_int64(row, 0),
            .name = database_text(&tree->pool, row, 1),
            .linkage_name = database_text(&tree->pool, row, 2),
            .module = database_known_text(&tree->pool, row, 3),
            .module_path = database_known_text(&tree->pool, row, 4),
            .file = database_known_text(&tree->pool, row, 5),
            .line = sqlite3_column_int64(row, 6),
            .external = sqlite3_column_int(row, 7),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static int by_id(const void *left, const void *right)
{
    const struct tree_function *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

static uint32_t *find_slot(const struct builder *builder, uint32_t parent, enum tree_kind kind,
                           int64_t id)
{
    uint64_t key = (uint64_t)parent * 4 + kind;
    for (size_t at = memory_hash(key, (uint64_t)id);; at++) {
        uint32_t *slot = &builder->slots[at & (builder->slot_count - 1)];
        if (*slot == 0)
            return slot;
        const struct tree_draft *draft = &builder->drafts[*slot - 1];
        if (draft->node.parent == parent && draft->kind == kind && draft->id == id)
            return slot;
    }
}

static void make_room(struct builder *builder)
{
    if (2 * builder->draft_count < builder->slot_count)
        return;
    free(builder->slots);
    builder->slot_count = builder->slot_count ? 4 * builder->slot_count : 1024;
    builder->slots = memory_array(builder->slot_count, sizeof *builder->slots);
    for (size_t i = 1; i < builder->draft_count; i++) {
        const struct tree_draft *draft = &builder->drafts[i];
        *find_slot(builder, draft->node.parent, draft->kind, draft->id) = (uint32_t)i + 1;
    }
}

static uint32_t add_draft(struct builder *builder, uint32_t parent, enum tree_kind kind, int64_t id)
{
    builder->drafts = memory_grow(builder->drafts, &builder->draft_capacity, builder->draft_count,
                                  sizeof *builder->drafts);
    builder->drafts[builder->draft_count] = (struct tree_draft){
        .node = {.parent = parent, .function = TREE_NONE}, .kind = kind, .id = id};
    return (uint32_t)builder->draft_count++;
}

/* The node of this below that one; made if there is none. */
static uint32_t below(struct builder *builder, uint32_t parent, enum tree_kind kind, int64_t id)
{
    make_room(builder);
    uint32_t *slot = find_slot(builder, parent, kind, id);
    if (*slot == 0)
        *slot = add_draft(builder, parent, kind, id) + 1;
    return *slot - 1;
}

/* The columns of a context. */
enum {
    ID,
    PARENT,
    FUNCTION,
    FIRST,
    GROUP,
    FOLDED,
    INLINED,
    CALLS,
    SELF,
    SELF_ERROR,
    SUM_ERROR,
    CROSS_CALLS
};

static const char context_sql[] =
    "SELECT here.id, here.parent_id, here.function_id, process.first_context_id, %s, here.folded,"
    " here.inlined, here.calls, here.self_ns, ifnull(estimate.self_error_ns, 0),"
    " ifnull(estimate.cumulative_error_ns, 0), ifnull((SELECT sum(cross_call.calls) FROM cross_call"
    "  WHERE cross_call.context_id = here.id), 0)"
    " FROM process"
    " JOIN context AS here ON here.id BETWEEN process.first_context_id AND process.last_context_id"
    " JOIN thread ON thread.id = here.thread_id"
    " LEFT JOIN estimate ON estimate.context_id = here.id"
    " ORDER BY process.first_context_id, here.id";

/* By enum tree_groups: which group a context is in, and what groups are called. */
static const char *const group_columns[] = {"process.program", "process.id", "thread.id"};

/* The caller's node; TREE_NONE: there is none where it should be. */
static uint32_t find_parent(const struct builder *builder, sqlite3_stmt *row, uint32_t group)
{
    if (sqlite3_column_type(row, PARENT) == SQLITE_NULL)
        return group;
    size_t parent = places_find(&builder->contexts, sqlite3_column_int64(row, PARENT));
    return parent == PLACES_NONE ? TREE_NONE : (uint32_t)parent;
}

static void add_numbers(struct tree_node *node, sqlite3_stmt *row)
{
    bool root = sqlite3_column_type(row, PARENT) == SQLITE_NULL; /* its calls are its threads */
    int64_t calls = root ? 0 : sqlite3_column_int64(row, CALLS);
    node->calls = database_sum(node->calls, calls);
    node->calls = database_sum(node->calls, sqlite3_column_int64(row, CROSS_CALLS));
    if (sqlite3_column_int(row, INLINED))
        node->inlined_calls = database_sum(node->inlined_calls, calls);
    node->self_ns = database_sum(node->self_ns, sqlite3_column_int64(row, SELF));
    node->self_error_ns = database_sum(node->self_error_ns, sqlite3_column_int64(row, SELF_ERROR));
    node->cumulative_error_ns =
        database_sum(node->cumulative_error_ns, sqlite3_column_int64(row, SUM_ERROR));
}

/* False: it does not hang together with what came before. */
static bool add_context(struct builder *builder, sqlite3_stmt *row, uint32_t group)
{
    struct tree *tree = builder->tree;
    uint32_t parent = find_parent(builder, row, group), node = parent;
    if (parent == TREE_NONE)
        return false;
    if (sqlite3_column_type(row, FUNCTION) != SQLITE_NULL) {
        const struct tree_function key = {.id = sqlite3_column_int64(row, FUNCTION)};
        const struct tree_function *function =
            tree->function_count
                ? bsearch(&key, tree->functions, tree->function_count, sizeof key, by_id)
                : NULL;
        if (!function)
            return false;
        node = below(builder, parent, TREE_FUNCTION, key.id);
        builder->drafts[node].node.function = (uint32_t)(function - tree->functions);
    } else if (sqlite3_column_int(row, FOLDED)) {
        node = below(builder, parent, TREE_FOLDED, 0);
        builder->drafts[node].node.label = "(folded)";
    }
    places_add(&builder->contexts, sqlite3_column_int64(row, ID), node);
    add_numbers(&builder->drafts[node].node, row);
    return true;
}

/* Groups are numbered in the order of `names`, which are what they are called. */
struct groups {
    int64_t *ids;
    const char **names;
    size_t count;
};

static enum status query_groups(struct builder *builder, enum tree_groups kind,
                                struct groups *groups)
{
    static const char *const sql[] = {
        "SELECT min(id), program FROM process GROUP BY program ORDER BY program",
        "SELECT id, program || ' (process ' || process_id || ')' FROM process ORDER BY id",
        "SELECT thread.id, process.program || ' (process ' || process.process_id || '), thread '"
        " || thread.number || iif(thread.name = '', '', ' ' || thread.name)"
        " FROM thread JOIN process ON process.id = thread.process_id ORDER BY thread.id",
    };
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(builder->database, sql[kind], &row);
    if (status != STATUS_OK)
        return status;
    size_t ids = 0, names = 0;
    while ((status = database_step(builder->database, row, &more)) == STATUS_OK && more) {
        groups->ids = memory_grow(groups->ids, &ids, groups->count, sizeof *groups->ids);
        groups->names = memory_grow(groups->names, &names, groups->count, sizeof *groups->names);
        groups->ids[groups->count] = sqlite3_column_int64(row, 0);
        groups->names[groups->count++] = database_text(&builder->tree->pool, row, 1);
    }
    sqlite3_finalize(row);
    return status;
}

static size_t find_group(const struct groups *groups, enum tree_groups kind, sqlite3_stmt *row)
{
    struct pool pool = {0};
    const char *program = kind == TREE_PROGRAMS ? database_text(&pool, row, GROUP) : NULL;
    int64_t id = sqlite3_column_int64(row, GROUP);
    size_t from = 0, to = groups->count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        int order = program ? strcmp(groups->names[middle], program)
                            : (groups->ids[middle] > id) - (groups->ids[middle] < id);
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < groups->count &&
                 (program ? strcmp(groups->names[from], program) == 0 : groups->ids[from] == id);
    pool_free(&pool);
    return found ? from : groups->count;
}

/* The node under which the roots of a thread's contexts are; TREE_NONE: there is none. */
static uint32_t group_of(struct builder *builder, sqlite3_stmt *row, enum tree_groups kind,
                         const struct groups *groups)
{
    if (kind == TREE_PROGRAMS && groups->count < 2)
        return 0;
    size_t at = find_group(groups, kind, row);
    if (at == groups->count)
        return TREE_NONE;
    uint32_t node = below(builder, 0, TREE_GROUP, groups->ids[at]);
    builder->drafts[node].node.label = groups->names[at];
    builder->drafts[node].node.group = kind == TREE_PROGRAMS ? 0 : groups->ids[at];
    return node;
}

static enum status query_contexts(struct builder *builder, enum tree_groups kind,
                                  const struct groups *groups)
{
    struct pool pool = {0};
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        builder->database, pool_format(&pool, context_sql, group_columns[kind]), &row);
    pool_free(&pool);
    if (status != STATUS_OK)
        return status;
    int64_t first = -1;
    uint64_t done = 0;
    progress_begin("Gathering contexts");
    while ((status = database_step(builder->database, row, &more)) == STATUS_OK && more) {
        if (first != sqlite3_column_int64(row, FIRST))
            builder->contexts.count = 0; /* another process */
        first = sqlite3_column_int64(row, FIRST);
        progress_step(++done, builder->context_count);
        bool root = sqlite3_column_type(row, PARENT) == SQLITE_NULL;
        uint32_t group = root ? group_of(builder, row, kind, groups) : TREE_NONE;
        if (add_context(builder, row, group))
            continue;
        status = fail(STATUS_INPUT, "cannot use database", builder->database->path,
                      "its contexts are no tree; restore it, or load the profiles into a new one");
        break;
    }
    progress_end();
    sqlite3_finalize(row);
    return status;
}

/* Leaves out the functions that no node has. */
static void keep_used_functions(struct tree *tree)
{
    uint32_t *places = memory_array(tree->function_count, sizeof *places);
    size_t kept = 0;
    for (size_t i = 0; i < tree->node_count; i++)
        if (tree->nodes[i].function != TREE_NONE)
            places[tree->nodes[i].function] = 1;
    for (size_t i = 0; i < tree->function_count; i++) {
        if (!places[i])
            continue;
        tree->functions[kept] = tree->functions[i];
        places[i] = (uint32_t)kept++;
    }
    tree->function_count = kept;
    for (size_t i = 0; i < tree->node_count; i++)
        if (tree->nodes[i].function != TREE_NONE)
            tree->nodes[i].function = places[tree->nodes[i].function];
    free(places);
}

/* Whether there are times, and how many contexts. */
static enum status query_size(struct builder *builder)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        builder->database,
        "SELECT EXISTS (SELECT 1 FROM process WHERE timing <> 'counts'),"
        " CAST(total(max(last_context_id - first_context_id + 1, 0)) AS INTEGER) FROM process",
        &row);
    if (status == STATUS_OK)
        status = database_step(builder->database, row, &more);
    if (status == STATUS_OK) {
        builder->tree->has_times = sqlite3_column_int(row, 0);
        builder->context_count = (uint64_t)sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(row);
    return status;
}

enum status tree_query(struct tree *tree, struct database *database, enum tree_groups groups)
{
    *tree = (struct tree){0};
    struct builder builder = {.tree = tree, .database = database};
    struct groups known = {0};
    add_draft(&builder, TREE_NONE, TREE_GROUP, 0);
    builder.drafts[0].node.label = "all";
    enum status status = query_size(&builder);
    if (status == STATUS_OK)
        status = query_functions(tree, database);
    if (status == STATUS_OK)
        status = query_groups(&builder, groups, &known);
    if (status == STATUS_OK)
        status = query_contexts(&builder, groups, &known);
    if (status == STATUS_OK) {
        tree_order(tree, builder.drafts, builder.draft_count, NULL);
        keep_used_functions(tree);
    }
    free(builder.drafts);
    free(builder.slots);
    free(builder.contexts.rows);
    free(known.ids);
    free(known.names);
    return status;
}

const char *tree_name(const struct tree *tree, const struct tree_node *node)
{
    return node->function == TREE_NONE ? node->label : tree->functions[node->function].name;
}

void tree_free(struct tree *tree)
{
    free(tree->functions);
    free(tree->nodes);
    pool_free(&tree->pool);
}
