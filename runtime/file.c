/* The header, and the chunks behind it. */
#define _GNU_SOURCE
#include "file.h"
#include "clock.h"
#include "disk.h"
#include "path.h"
#include "platform.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

struct profinst_header *profinst__header;

static uint64_t header_size; /* as mapped, in whole pages */
static bool full;            /* no chunk can be appended any more */

/* All chunks in the order of the file. A longer list is put in its place before it is used, since
 * profinst__file_cover looks at any time. */
static struct profinst__chunk **chunks;
static size_t chunk_count, chunk_room;

static uint64_t whole_pages(uint64_t size)
{
    uint64_t page = profinst__page_size();
    return (size + page - 1) / page * page;
}

static const char default_pattern[] = "%n.%p.profinst";

/* ---- the header --------------------------------------------------------------------------- */

static void read_program(struct profinst_header *header)
{
    ssize_t length =
        profinst__system.readlink("/proc/self/exe", header->program, sizeof header->program - 1);
    const char *name = (const char *)getauxval(AT_EXECFN);
    if (length <= 0 && name)
        snprintf(header->program, sizeof header->program, "%s", name);
    int descriptor = profinst__system.open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    length = profinst__system.read(descriptor, header->arguments, sizeof header->arguments);
    char more;
    header->arguments_size = length > 0 ? (uint32_t)length : 0;
    header->arguments_cut = header->arguments_size == sizeof header->arguments &&
                            profinst__system.read(descriptor, &more, 1) == 1;
    header->arguments[sizeof header->arguments - 1] = '\0';
    profinst__system.close(descriptor);
}

static void random_bytes(uint8_t bytes[16])
{
    if (profinst__system.getrandom(bytes, 16, GRND_NONBLOCK) == 16)
        return;
    /* A kernel that has none yet: process, time and stack address tell profiles apart. */
    uint64_t parts[2] = {profinst__monotonic_ns() ^ (uint64_t)(uintptr_t)bytes,
                         (uint64_t)getpid() << 32 ^ profinst__counter()};
    memcpy(bytes, parts, 16);
}

static void describe_process(struct profinst_header *header)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    header->version = PROFINST_FORMAT_VERSION;
    header->byte_order = PROFINST_BYTE_ORDER;
    header->header_size = (uint32_t)header_size;
    random_bytes(header->profile_id);
    header->process_id = (uint32_t)getpid();
    header->parent_process_id = (uint32_t)getppid();
    header->start_unix_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool profinst__file_create(const char *pattern)
{
    header_size = whole_pages(sizeof *profinst__header);
    profinst__path_remember(pattern ? pattern : default_pattern);
    if (!profinst__disk_make(0))
        return false;
    struct profinst_header *header = profinst__disk_append(header_size);
    if (!header) {
        profinst__disk_remove(errno);
        return false;
    }
    describe_process(header);
    random_bytes(header->run_id);
    read_program(header);
    header->size = header_size;
    profinst__header = header;
    return true;
}

void profinst__file_sign(void)
{
    memcpy(profinst__header->magic, PROFINST_MAGIC, sizeof profinst__header->magic);
}

void profinst__file_note_clock(struct profinst_clock_pair pair)
{
    uint32_t next = 1 - profinst__header->latest;
    profinst__header->pairs[next] = pair;
    profinst__header->usages[next] = profinst__usage();
    __atomic_store_n(&profinst__header->latest, next, __ATOMIC_RELEASE);
}

/* ---- chunks -------------------------------------------------------------------------------- */

/* Makes the list longer by one; NULL without memory. */
static struct profinst__chunk *list_chunk(void)
{
    if (chunk_count == chunk_room) {
        size_t room = chunk_room ? 2 * chunk_room : profinst__page_size() / sizeof *chunks;
        struct profinst__chunk **longer = profinst__memory(room * sizeof *chunks);
        if (!longer)
            return NULL;
        if (chunk_count)
            memcpy(longer, chunks, chunk_count * sizeof *chunks);
        chunks = longer;
        chunk_room = room;
    }
    return chunks[chunk_count] = profinst__memory(sizeof **chunks);
}

/* Where the next chunk goes. Not what the header says, which after a fork is the parent's for a
 * while, and may be cut off. */
static uint64_t end_of_chunks(void)
{
    const struct profinst__chunk *last = chunk_count ? chunks[chunk_count - 1] : NULL;
    return last ? last->offset + last->size : header_size;
}

/* Adds a chunk to the list and to the file; NULL with errno if there is no room. */
static struct profinst__chunk *make_chunk(enum profinst_chunk_kind kind, uint64_t size)
{
    const uint64_t last_reference = (uint64_t)UINT32_MAX * PROFINST_REFERENCE_UNIT;
    uint64_t offset = end_of_chunks();
    errno = EFBIG;
    if (offset + size > last_reference)
        return NULL;
    struct profinst__chunk *chunk = list_chunk();
    if (!chunk)
        return NULL;
    struct profinst_chunk *mapped = profinst__disk_append(size);
    if (!mapped)
        return NULL;
    *chunk = (struct profinst__chunk){mapped, kind, offset, size, 0};
    __atomic_store_n(&chunk_count, chunk_count + 1, __ATOMIC_RELEASE);
    return chunk;
}

struct profinst__chunk *profinst__file_append(enum profinst_chunk_kind kind, uint32_t thread,
                                              uint64_t size, uint64_t least)
{
    size = whole_pages(size + sizeof(struct profinst_chunk));
    least = whole_pages(least + sizeof(struct profinst_chunk));
    struct profinst__chunk *chunk = NULL;
    while (!full && !(chunk = make_chunk(kind, size)) && size > least)
        size = size / 2 > least ? whole_pages(size / 2) : least;
    if (!chunk) {
        if (!full && !profinst__disk_is_lost())
            profinst__say("cannot grow the profile", profinst__path(), errno,
                          "calls from new places are lost, the rest is counted on");
        full = true;
        return NULL;
    }
    struct profinst_chunk *mapped = chunk->mapped;
    mapped->thread = thread;
    mapped->size = size;
    mapped->address = (uintptr_t)mapped;
    __atomic_store_n(&mapped->kind, kind, __ATOMIC_RELEASE);
    __atomic_store_n(&profinst__header->size, chunk->offset + size, __ATOMIC_RELEASE);
    return chunk;
}

void *profinst__file_take(struct profinst__chunk *chunk, uint64_t size)
{
    if (!chunk || chunk->size - sizeof *chunk->mapped - chunk->used < size)
        return NULL;
    return (char *)(chunk->mapped + 1) + chunk->used;
}

void profinst__file_publish(struct profinst__chunk *chunk, uint64_t size)
{
    chunk->used += size;
    __atomic_store_n(&chunk->mapped->used, chunk->used, __ATOMIC_RELEASE);
}

/* ---- finding records ---------------------------------------------------------------------- */

uint32_t profinst__reference(const void *record)
{
    /* From the newest: records are mostly asked for soon after they were made. */
    for (size_t i = chunk_count; i-- > 0;) {
        uint64_t distance = (uint64_t)((const char *)record - (const char *)chunks[i]->mapped);
        if (distance < chunks[i]->size)
            return (uint32_t)((chunks[i]->offset + distance) / PROFINST_REFERENCE_UNIT);
    }
    return 0;
}

void *profinst__address(uint32_t reference)
{
    uint64_t offset = (uint64_t)reference * PROFINST_REFERENCE_UNIT;
    size_t low = 0, high = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE);
    struct profinst__chunk *const *list = __atomic_load_n(&chunks, __ATOMIC_RELAXED);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (list[middle]->offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return (char *)list[low]->mapped + (offset - list[low]->offset);
}

void profinst__file_each(void (*visit)(struct profinst__chunk *chunk))
{
    for (size_t i = 0; i < chunk_count; i++)
        visit(chunks[i]);
}

/* ---- after a fork ------------------------------------------------------------------------- */

/* Without the magic, so that it is no profile before it is one of the child's own. */
static bool move_to_new_file(void)
{
    for (size_t i = 0; i < chunk_count; i++)
        if (!profinst__disk_put_under(chunks[i]->mapped, chunks[i]->size, chunks[i]->offset, 0))
            return false;
    return profinst__disk_put_under(profinst__header, header_size, 0,
                                    sizeof profinst__header->magic);
}

/* The parent goes on while its child copies: what it added since is not the child's. */
static void cut_to_fork(struct profinst__chunk *chunk)
{
    uint64_t room = chunk->size - sizeof *chunk->mapped;
    chunk->mapped->used = chunk->used;
    memset((char *)(chunk->mapped + 1) + chunk->used, 0, room - chunk->used);
}

bool profinst__file_fork(void)
{
    uint64_t size = end_of_chunks();
    bool lost = profinst__disk_is_lost();
    profinst__disk_forget();
    if (lost || !profinst__disk_make(size))
        return false;
    if (!move_to_new_file()) {
        profinst__disk_remove(errno);
        return false;
    }
    profinst__disk_make_spare();
    full = false;
    profinst__file_each(cut_to_fork);
    describe_process(profinst__header);
    profinst__header->size = size;
    profinst__header->lost_calls = 0;
    profinst__header->ended = 0;
    return true;
}

/* Code that runs goes on counting what is inlined into it, in records that are the parent's. */
static void put_memory_under(struct profinst__chunk *chunk)
{
    profinst__system.mmap(chunk->mapped, chunk->size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

void profinst__file_let_go(void)
{
    static struct profinst_header nobodys;
    profinst__disk_forget();
    profinst__header = &nobodys;
    profinst__file_each(put_memory_under);
    full = true;
}

/* ---- when the file is cut short ----------------------------------------------------------- */

static bool is_within(const void *address, const void *start, uint64_t size)
{
    return (uintptr_t)address - (uintptr_t)start < size;
}

static bool is_mapped_here(const void *address)
{
    if (profinst__header && is_within(address, profinst__header, header_size))
        return true;
    for (size_t i = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE); i-- > 0;)
        if (is_within(address, chunks[i]->mapped, chunks[i]->size))
            return true;
    return false;
}

bool profinst__file_cover(const void *address)
{
    uint64_t page = profinst__page_size();
    void *start = (void *)((uintptr_t)address / page * page);
    if (!is_mapped_here(address) ||
        profinst__system.mmap(start, page, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return false;
    profinst__disk_give_up();
    return true;
}
