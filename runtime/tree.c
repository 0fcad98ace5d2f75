#include "tree.h"
#include "code.h"
#include "file.h"
#include <errno.h>

enum {
    FIRST_CHUNK = 16 * 1024,
    LARGEST_CHUNK = 4 * 1024 * 1024,
    FIRST_SLOTS = 256,
};

/* In place of a code: the link from a context of inlined code to its host. Time is given through it
 * at every event there. */
#define HOST (UINT32_MAX - 1)

/* Records of all threads, and how many there may be before new contexts are folded. */
static uint64_t record_count, record_limit = UINT64_MAX;

void profinst__tree_limit(uint64_t contexts)
{
    record_limit = contexts;
}

/* ---- records ------------------------------------------------------------------------------ */

static struct profinst_context *take_record(struct profinst__thread *thread, uint64_t size)
{
    struct profinst_context *record = profinst__file_take(thread->chunk, size);
    if (record)
        return record;
    uint64_t room = thread->chunk ? 2 * thread->chunk->size : FIRST_CHUNK;
    room = (room < LARGEST_CHUNK ? room : LARGEST_CHUNK) - sizeof(struct profinst_chunk);
    struct profinst__chunk *chunk = profinst__file_append(
        PROFINST_CHUNK_CONTEXTS, thread->row->number, room > size ? room : size, size);
    if (!chunk)
        return NULL;
    thread->chunk = chunk;
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
    profinst__file_publish(thread->chunk, size);
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

/* Fills the free slot where the link belongs: a call from the context is counted by the record and
 * leads to the target, if there is one. NULL without a record. */
static struct profinst__link *set_link(struct profinst__thread *thread,
                                       struct profinst_context *from, uint32_t code,
                                       struct profinst_context *record,
                                       struct profinst_context *target)
{
    if (!record)
        return NULL;
    struct profinst__link *link = find(thread->links, from, code);
    link->record = record;
    link->target = target ? target : record;
    link->code = code;
    __atomic_store_n(&link->from, from, __ATOMIC_RELEASE);
    thread->links->used++;
    return link;
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

/* The code's folded context, as the link that leads there; NULL if there is no room. */
static struct profinst__link *folded_context(struct profinst__thread *thread, uint32_t code)
{
    struct profinst__link *link = find(thread->links, thread->folded, code);
    if (link->from)
        return link;
    struct profinst_context *host = profinst__code(code)->inlined ? thread->folded : NULL;
    return set_link(thread, thread->folded, code, make_record(thread, code, thread->folded, host),
                    NULL);
}

static struct profinst__link *make_folded(struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t code)
{
    struct profinst__link *callee = plant_folded(thread) ? folded_context(thread, code) : NULL;
    if (!callee || !from->code || profinst__code(code)->inlined)
        return callee;
    struct profinst__link *caller = folded_context(thread, from->code);
    if (!caller)
        return NULL;
    struct profinst__link *link = find(thread->links, caller->target, code);
    if (link->from)
        return link;
    return set_link(thread, caller->target, code,
                    make_record(thread, code, caller->target, callee->target), callee->target);
}

static struct profinst__link *find_folded(const struct profinst__thread *thread,
                                          const struct profinst_context *from, uint32_t code,
                                          bool inlined)
{
    if (!from->code || inlined)
        return find(thread->links, thread->folded, code);
    struct profinst__link *caller = find(thread->links, thread->folded, from->code);
    return caller->from ? find(thread->links, caller->target, code) : caller;
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
            return link->target;
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
    thread->root = make_room(thread) ? make_record(thread, 0, NULL, NULL) : NULL;
    if (!thread->root)
        return false;
    thread->row->root = profinst__reference(thread->root);
    return true;
}

/* The context of inlined code below another, as the link that leads there. */
static struct profinst__link *make_inlined(struct profinst__thread *thread,
                                           struct profinst_context *from, uint32_t code)
{
    struct profinst_context *host = profinst__host(thread->links, from);
    struct profinst_context *record = make_record(thread, code, from, host);
    /* First, so that the thread is never in a context whose host is not to be found. */
    if (record)
        set_link(thread, record, HOST, record, host);
    return set_link(thread, from, code, record, NULL);
}

struct profinst__link *profinst__tree_make(struct profinst__thread *thread,
                                           struct profinst_context *from,
                                           struct profinst_function *function)
{
    uint32_t code = profinst__code_id(function);
    if (!code || code == PROFINST__OFF || !make_room(thread))
        return NULL;
    struct profinst__link *link = find(thread->links, from, code);
    if (link->from)
        return link;
    if (record_count >= record_limit)
        return make_folded(thread, from, code);
    if (profinst__code(code)->inlined)
        return make_inlined(thread, from, code);
    struct profinst_context *target = find_context(thread, from, profinst__code(code)->function);
    return set_link(thread, from, code, make_record(thread, code, from, target), target);
}

struct profinst__link *profinst__tree_find(const struct profinst__thread *thread,
                                           const struct profinst_context *from,
                                           const struct profinst_function *function)
{
    uint32_t code = __atomic_load_n(&function->id, __ATOMIC_RELAXED);
    if (!code)
        return NULL;
    struct profinst__link *link = find(thread->links, from, code);
    if (!link->from && thread->folded)
        link = find_folded(thread, from, code, function->flags & PROFINST_INLINED);
    return link->from ? link : NULL;
}

struct profinst_context *profinst__tree_host(struct profinst__links *links,
                                             const struct profinst_context *inlined)
{
    return find(links, inlined, HOST)->target;
}
