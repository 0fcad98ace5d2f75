#include "tree.h"
#include "code.h"
#include "file.h"
#include <errno.h>

enum {
    FIRST_CHUNK = 16 * 1024,
    LARGEST_CHUNK = 4 * 1024 * 1024,
    FIRST_SLOTS = 256,
    FIRST_NODES = 64, /* and from then on as many as there are */
    MOST_NODES = 4096,
};

/* Records of all threads, and how many there may be before new contexts are folded. */
static uint64_t record_count, record_limit = UINT64_MAX;

void profinst__tree_limit(uint64_t contexts)
{
    record_limit = contexts;
}

/* ---- records ------------------------------------------------------------------------------ */

static struct profinst_context *take_record(struct profinst__thread *thread, uint64_t size)
{
    struct profinst_context *record = profinst__file_take(thread->contexts, size);
    if (record)
        return record;
    uint64_t room = thread->contexts ? 2 * thread->contexts->size : FIRST_CHUNK;
    room = (room < LARGEST_CHUNK ? room : LARGEST_CHUNK) - sizeof(struct profinst_chunk);
    struct profinst__chunk *chunk = profinst__file_append(
        PROFINST_CHUNK_CONTEXTS, thread->row->number, room > size ? room : size, size);
    if (!chunk)
        return NULL;
    thread->contexts = chunk;
    return profinst__file_take(chunk, size);
}

static struct profinst_context *make_record(struct profinst__thread *thread, uint32_t code,
                                            const struct profinst_context *parent,
                                            const struct profinst_context *target)
{
    uint64_t size = PROFINST_RECORD_SIZE(profinst__code(code)->frame_count);
    struct profinst_context *record = take_record(thread, size);
    if (!record)
        return NULL;
    *record = (struct profinst_context){
        .code = code,
        .parent = parent ? profinst__reference(parent) : 0,
        .target = target ? profinst__reference(target) : 0,
        .thread = thread->row->number,
    };
    profinst__file_publish(thread->contexts, size);
    record_count++;
    return record;
}

/* ---- links -------------------------------------------------------------------------------- */

/* The slot that holds the link, or the free one where it belongs. */
static struct profinst__link *find(struct profinst__links *links,
                                   const struct profinst_context *from, uint32_t code)
{
    uint64_t i = profinst__link_hash(from, code) & links->mask;
    while (links->slots[i].from && (links->slots[i].from != from || links->slots[i].code != code))
        i = (i + 1) & links->mask;
    return &links->slots[i];
}

/* Room for as many new links as one call may need. */
static bool make_room(struct profinst__thread *thread)
{
    enum { MOST_NEW = 3 };
    struct profinst__links *old = thread->links;
    if (old && 2 * (old->used + MOST_NEW) <= old->mask + 1)
        return true;
    uint64_t count = old ? 2 * (old->mask + 1) : FIRST_SLOTS;
    struct profinst__links *links =
        profinst__memory(sizeof *links + count * sizeof links->slots[0]);
    if (!links) {
        static bool said;
        if (!said)
            profinst__say("cannot remember more contexts", NULL, ENOMEM,
                          "calls from new places are lost, the rest is counted on");
        said = true;
        return false;
    }
    links->mask = count - 1;
    for (uint64_t i = 0; old && i <= old->mask; i++)
        if (old->slots[i].from)
            *find(links, old->slots[i].from, old->slots[i].code) = old->slots[i];
    links->used = old ? old->used : 0;
    thread->links = links;
    return true;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static struct profinst__node *take_node(struct profinst__thread *thread)
{
    if (thread->spare_count == 0) {
        size_t used = thread->links->used;
        size_t count = used < FIRST_NODES ? FIRST_NODES : used < MOST_NODES ? used : MOST_NODES;
        thread->spare_nodes = profinst__memory(count * sizeof *thread->spare_nodes);
        thread->spare_count = thread->spare_nodes ? count : 0;
    }
    return thread->spare_count == 0 ? NULL : &thread->spare_nodes[--thread->spare_count];
}

void profinst__tree_set_node(struct profinst__node *node, const struct profinst__thread *thread,
                             struct profinst_context *record, struct profinst_context *place)
{
    node->seen.record = record;
    node->seen.thread = thread->row->number;
    node->seen.place = place;
    node->host = place;
    for (size_t i = 0; i < PROFINST_CALLEES; i++)
        node->seen.callees[i] = &profinst__nobody.seen;
}

/* What a call is counted by, where it leads (to the record, if NULL), and who gets the time there
 * (the place, if NULL). */
struct way {
    struct profinst_context *record, *place, *host;
};

/* Fills the free slot where the link belongs: such a call from the context. NULL without a record.
 */
static struct profinst__node *set_link(struct profinst__thread *thread,
                                       const struct profinst_context *from, uint32_t code,
                                       const struct way *way)
{
    struct profinst__node *node = way->record ? take_node(thread) : NULL;
    if (!node)
        return NULL;
    profinst__tree_set_node(node, thread, way->record, way->place ? way->place : way->record);
    if (way->host)
        node->host = way->host;
    struct profinst__link *link = find(thread->links, from, code);
    link->node = node;
    link->code = code;
    __atomic_store_n(&link->from, from, __ATOMIC_RELEASE);
    thread->links->used++;
    return node;
}

/* ---- folded contexts ---------------------------------------------------------------------- */

/* Past the limit code has one context more in each thread, whoever calls it there, below a root of
 * their own. A record for each caller and callee counts the calls between them. */

static bool plant_folded(struct profinst__thread *thread)
{
    if (thread->folded)
        return true;
    thread->folded = make_record(thread, 0, NULL, NULL);
    if (!thread->folded)
        return false;
    profinst__header->features |= PROFINST_FEATURE_FOLDED;
    thread->row->folded = profinst__reference(thread->folded);
    return true;
}

/* The code's folded context; NULL if there is no room. */
static struct profinst__node *folded_context(struct profinst__thread *thread, uint32_t code)
{
    struct profinst__link *link = find(thread->links, thread->folded, code);
    if (link->from)
        return link->node;
    struct way way = {.host = profinst__code(code)->inlined ? thread->folded : NULL};
    way.record = make_record(thread, code, thread->folded, way.host);
    return set_link(thread, thread->folded, code, &way);
}

static struct profinst__node *make_folded(struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t code)
{
    struct profinst__node *callee = plant_folded(thread) ? folded_context(thread, code) : NULL;
    if (!callee || !from->code || profinst__code(code)->inlined)
        return callee;
    struct profinst__node *caller = folded_context(thread, from->code);
    if (!caller)
        return NULL;
    struct profinst__link *link = find(thread->links, caller->seen.place, code);
    if (link->from)
        return link->node;
    struct way way = {.place = callee->seen.place};
    way.record = make_record(thread, code, caller->seen.place, way.place);
    return set_link(thread, caller->seen.place, code, &way);
}

static struct profinst__link *find_folded(const struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t code,
                                          bool inlined)
{
    if (!from->code || inlined)
        return find(thread->links, thread->folded, code);
    struct profinst__link *caller = find(thread->links, thread->folded, from->code);
    return caller->from ? find(thread->links, caller->node->seen.place, code) : caller;
}

/* ---- the tree ----------------------------------------------------------------------------- */

/* The context further up in which the function is already running; NULL if there is none. */
static struct profinst_context *running_above(struct profinst_context *context, uint32_t function)
{
    for (; context->code; context = profinst__address(context->parent)) {
        const struct profinst__code *code = profinst__code(context->code);
        if (code->function == function && !code->inlined)
            return context;
    }
    return NULL;
}

/* Where the context's calls of other code of the function lead; NULL if there were none. */
static struct profinst_context *called_before(const struct profinst__thread *thread,
                                              const struct profinst_context *from,
                                              uint32_t function)
{
    for (uint32_t code = profinst__code_latest(function); code;
         code = profinst__code(code)->before) {
        struct profinst__link *link = find(thread->links, from, code);
        if (link->from)
            return link->node->seen.place;
    }
    return NULL;
}

/* The context of the function that a call from the context leads to; NULL if there is none yet. */
static struct profinst_context *find_context(const struct profinst__thread *thread,
                                             struct profinst_context *from, uint32_t function)
{
    struct profinst_context *above = running_above(from, function);
    return above ? above : called_before(thread, from, function);
}

bool profinst__tree_plant(struct profinst__thread *thread)
{
    thread->root = make_room(thread) ? take_node(thread) : NULL;
    struct profinst_context *record = thread->root ? make_record(thread, 0, NULL, NULL) : NULL;
    if (!record)
        return false;
    thread->row->root = profinst__reference(record);
    profinst__tree_set_node(thread->root, thread, record, record);
    profinst__tree_set_node(&thread->sink, thread, NULL, &profinst__lost);
    return true;
}

struct profinst__node *profinst__tree_make(struct profinst__thread *thread,
                                           struct profinst__node *caller,
                                           struct profinst_function *function)
{
    uint32_t code = profinst__code_id(function);
    if (!code || code == PROFINST__OFF || !make_room(thread))
        return NULL;
    struct profinst_context *from = caller->seen.place;
    struct profinst__link *link = find(thread->links, from, code);
    if (link->from)
        return link->node;
    if (record_count >= record_limit)
        return make_folded(thread, from, code);
    struct way way = {0};
    if (profinst__code(code)->inlined)
        way.host = caller->host;
    else
        way.place = find_context(thread, from, profinst__code(code)->function);
    way.record = make_record(thread, code, from, way.host ? way.host : way.place);
    struct profinst__node *node = set_link(thread, from, code, &way);
    if (node)
        node->caller = caller;
    return node;
}

PROFINST_HOOK struct profinst__node *profinst__tree_find(const struct profinst__thread *thread,
                                                         const struct profinst_context *from,
                                                         const struct profinst_function *function)
{
    uint32_t code = __atomic_load_n(&function->id, __ATOMIC_RELAXED);
    if (!code)
        return NULL;
    struct profinst__link *link = find(thread->links, from, code);
    if (!link->from && thread->folded)
        link = find_folded(thread, from, code, function->flags & PROFINST_INLINED);
    return link->from ? link->node : NULL;
}
