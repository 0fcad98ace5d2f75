#include "tree.h"
#include "file.h"
#include "names.h"
#include <errno.h>

enum {
    FIRST_CHUNK = 16 * 1024,
    LARGEST_CHUNK = 4 * 1024 * 1024,
    FIRST_SLOTS = 256,
};

/* Records of all threads, and how many there may be before new contexts are folded. */
static uint64_t record_count, record_limit = UINT64_MAX;

void profinst__tree_limit(uint64_t contexts)
{
    record_limit = contexts;
}

/* ---- records ------------------------------------------------------------------------------ */

static struct profinst_context *take_record(struct profinst__thread *thread)
{
    const uint64_t size = sizeof(struct profinst_context);
    struct profinst_context *record = profinst__file_take(thread->chunk, size);
    if (record)
        return record;
    uint64_t room = thread->chunk ? 2 * thread->chunk->size : FIRST_CHUNK;
    struct profinst__chunk *chunk = profinst__file_append(
        PROFINST_CHUNK_CONTEXTS, thread->row->number,
        (room < LARGEST_CHUNK ? room : LARGEST_CHUNK) - sizeof(struct profinst_chunk), size);
    if (!chunk)
        return NULL;
    thread->chunk = chunk;
    return profinst__file_take(chunk, size);
}

static struct profinst_context *make_record(struct profinst__thread *thread, uint32_t function,
                                            const struct profinst_context *parent,
                                            const struct profinst_context *target)
{
    struct profinst_context *record = take_record(thread);
    if (!record)
        return NULL;
    *record = (struct profinst_context){
        .function = function,
        .parent = parent ? profinst__reference(parent) : 0,
        .target = target ? profinst__reference(target) : 0,
        .thread = thread->row->number,
    };
    profinst__file_publish(thread->chunk, sizeof *record);
    record_count++;
    return record;
}

/* ---- links -------------------------------------------------------------------------------- */

/* The slot that holds the link, or the free one where it belongs. */
static struct profinst__link *find(struct profinst__links *links,
                                   const struct profinst_context *from, uint32_t function)
{
    uint64_t i = profinst__link_hash(from, function) & links->mask;
    while (links->slots[i].from &&
           (links->slots[i].from != from || links->slots[i].function != function))
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
            *find(links, old->slots[i].from, old->slots[i].function) = old->slots[i];
    links->used = old ? old->used : 0;
    thread->links = links;
    return true;
}

/* Fills a free slot: a call from the context is counted by the record and leads to the target. */
static struct profinst__link *set_link(struct profinst__thread *thread, struct profinst__link *link,
                                       struct profinst_context *from,
                                       struct profinst_context *record,
                                       struct profinst_context *target)
{
    if (!record)
        return NULL;
    link->record = record;
    link->target = target ? target : record;
    link->function = record->function;
    __atomic_store_n(&link->from, from, __ATOMIC_RELEASE);
    thread->links->used++;
    return link;
}

/* ---- folded contexts ---------------------------------------------------------------------- */

/* Past the limit a function has one context more in each thread, whoever calls it there, below a
 * root of their own. A record for each caller and callee counts the calls between them. */

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

/* The function's folded context, as the link that leads there; NULL if there is no room. */
static struct profinst__link *folded_context(struct profinst__thread *thread, uint32_t function)
{
    struct profinst__link *link = find(thread->links, thread->folded, function);
    if (link->from)
        return link;
    return set_link(thread, link, thread->folded,
                    make_record(thread, function, thread->folded, NULL), NULL);
}

static struct profinst__link *make_folded(struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t function)
{
    struct profinst__link *callee = plant_folded(thread) ? folded_context(thread, function) : NULL;
    if (!callee || !from->function)
        return callee;
    struct profinst__link *caller = folded_context(thread, from->function);
    if (!caller)
        return NULL;
    struct profinst__link *link = find(thread->links, caller->target, function);
    if (link->from)
        return link;
    return set_link(thread, link, caller->target,
                    make_record(thread, function, caller->target, callee->target), callee->target);
}

static struct profinst__link *find_folded(const struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t function)
{
    if (!from->function)
        return find(thread->links, thread->folded, function);
    struct profinst__link *caller = find(thread->links, thread->folded, from->function);
    return caller->from ? find(thread->links, caller->target, function) : caller;
}

/* ---- the tree ----------------------------------------------------------------------------- */

/* The context further up in which the function is already running; NULL if there is none. */
static struct profinst_context *running_above(struct profinst_context *context, uint32_t function)
{
    while (context->function && context->function != function)
        context = profinst__address(context->parent);
    return context->function ? context : NULL;
}

bool profinst__tree_plant(struct profinst__thread *thread)
{
    thread->root = make_room(thread) ? make_record(thread, 0, NULL, NULL) : NULL;
    if (!thread->root)
        return false;
    thread->row->root = profinst__reference(thread->root);
    return true;
}

struct profinst__link *profinst__tree_make(struct profinst__thread *thread,
                                           struct profinst_context *from,
                                           struct profinst_function *function)
{
    uint32_t id = function->id ? function->id : profinst__name_function(function);
    if (!id || !make_room(thread))
        return NULL;
    struct profinst__link *link = find(thread->links, from, id);
    if (link->from)
        return link;
    if (record_count >= record_limit)
        return make_folded(thread, from, id);
    struct profinst_context *above = running_above(from, id);
    return set_link(thread, link, from, make_record(thread, id, from, above), above);
}

struct profinst__link *profinst__tree_find(const struct profinst__thread *thread,
                                           const struct profinst_context *from, uint32_t function)
{
    if (!function)
        return NULL;
    struct profinst__link *link = find(thread->links, from, function);
    if (!link->from && thread->folded)
        link = find_folded(thread, from, function);
    return link->from ? link : NULL;
}
