/* The file is grown with blocks reserved in advance: touching a hole on a full disk would be a
 * SIGBUS in somebody else's program. No descriptor is relied on: programs close all of theirs and
 * open others under the same numbers, so before each use it is held against the file's identity. */
#define _GNU_SOURCE
#include "file.h"
#include "clock.h"
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Above what programs count on, as the lowest free descriptors. */
enum { HIGH_DESCRIPTOR = 900, NAMES_TRIED = 1000 };

static const char default_pattern[] = "%n.%p.profinst";

struct profinst_header *profinst__header;

static struct {
    char folder[PATH_MAX]; /* where the program was started: a fork after chdir writes there too */
    char pattern[PATH_MAX];
    char path[PATH_MAX];
    int descriptor;
    dev_t device;
    ino_t inode;
    uint64_t header_size; /* as mapped, in whole pages */
    bool full;
} file;

/* All chunks in the order of the file. */
static struct profinst__chunk **chunks;
static size_t chunk_count, chunk_room;

/* ---- making the file ---------------------------------------------------------------------- */

/* Appends to a path that is being built. One that does not fit becomes as long as fits, which is
 * longer than open(2) takes. */
static void append(char *path, const char *text)
{
    size_t used = strnlen(path, PATH_MAX - 1);
    size_t length = strnlen(text, PATH_MAX - 1 - used);
    memcpy(path + used, text, length);
    path[used + length] = '\0';
}

static void append_number(char *path, unsigned number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    append(path, digits);
}

static void remember_pattern(const char *pattern)
{
    if (pattern[0] != '/' && getcwd(file.folder, sizeof file.folder))
        append(file.folder, "/");
    append(file.pattern, pattern);
}

/* The path for this process: the pattern expanded, a number before the ending from the second try.
 */
static void expand_pattern(unsigned attempt)
{
    file.path[0] = '\0';
    append(file.path, file.folder);
    for (const char *p = file.pattern; *p; p++) {
        const char one[2] = {*p, '\0'};
        if (p[0] == '%' && p[1] == 'p')
            append_number(file.path, (unsigned)getpid());
        else if (p[0] == '%' && p[1] == 'n')
            append(file.path, program_invocation_short_name);
        else
            append(file.path, one);
        if (p[0] == '%' && (p[1] == 'p' || p[1] == 'n' || p[1] == '%'))
            p++;
    }
    if (attempt == 0)
        return;
    char *base = strrchr(file.path, '/');
    char *dot = strrchr(base ? base : file.path, '.');
    char ending[PATH_MAX] = "";
    if (dot) {
        append(ending, dot);
        *dot = '\0';
    }
    append(file.path, ".");
    append_number(file.path, attempt);
    append(file.path, ending);
}

static int open_new(void)
{
    for (unsigned attempt = 0; attempt < NAMES_TRIED; attempt++) {
        expand_pattern(attempt);
        int descriptor = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

/* Moves a descriptor out of the way of the program, whose next open() expects the lowest. Where
 * there is no room it is closed, and opened again when it is needed. */
static int move_high(int descriptor)
{
    struct rlimit limit;
    int high = HIGH_DESCRIPTOR;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= HIGH_DESCRIPTOR)
        high = limit.rlim_cur ? (int)limit.rlim_cur - 1 : 0;
    high = fcntl(descriptor, F_DUPFD_CLOEXEC, high);
    close(descriptor);
    return high;
}

/* Reserves blocks up to `size`. Checked against the limit first, since passing it is a signal. */
static int reserve(int descriptor, uint64_t from, uint64_t size)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && size > limit.rlim_cur)
        return EFBIG;
    return posix_fallocate(descriptor, (off_t)from, (off_t)(size - from));
}

static uint64_t whole_pages(uint64_t size)
{
    uint64_t page = profinst__page_size();
    return (size + page - 1) / page * page;
}

static void read_program(struct profinst_header *header)
{
    ssize_t length = readlink("/proc/self/exe", header->program, sizeof header->program - 1);
    const char *name = (const char *)getauxval(AT_EXECFN);
    if (length <= 0 && name)
        snprintf(header->program, sizeof header->program, "%s", name);
    int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    length = read(descriptor, header->arguments, sizeof header->arguments);
    char more;
    header->arguments_size = length > 0 ? (uint32_t)length : 0;
    header->arguments_cut =
        header->arguments_size == sizeof header->arguments && read(descriptor, &more, 1) == 1;
    header->arguments[sizeof header->arguments - 1] = '\0';
    close(descriptor);
}

static void random_bytes(uint8_t bytes[16])
{
    if (getrandom(bytes, 16, GRND_NONBLOCK) == 16)
        return;
    /* A kernel that has none yet: process, time and stack address tell profiles apart. */
    uint64_t parts[2] = {profinst__monotonic_ns() ^ (uint64_t)(uintptr_t)bytes,
                         (uint64_t)getpid() << 32 ^ profinst__counter()};
    memcpy(bytes, parts, 16);
}

static void fill_header(struct profinst_header *header)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    header->version = PROFINST_FORMAT_VERSION;
    header->byte_order = PROFINST_BYTE_ORDER;
    header->header_size = (uint32_t)file.header_size;
    header->features = PROFINST_FEATURES;
    random_bytes(header->profile_id);
    header->process_id = (uint32_t)getpid();
    header->parent_process_id = (uint32_t)getppid();
    header->start_unix_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Makes the file with room for `size` bytes and returns its descriptor, or -1 after saying why. */
static int make_file(uint64_t size)
{
    int error;
    int descriptor = open_new();
    if (descriptor < 0) {
        profinst__say("cannot make the profile", file.path, errno, "the program runs unprofiled");
        return -1;
    }
    struct stat status;
    error = fstat(descriptor, &status) ? errno : reserve(descriptor, 0, size);
    if (error) {
        profinst__say("cannot make the profile", file.path, error, "the program runs unprofiled");
        unlink(file.path);
        close(descriptor);
        return -1;
    }
    file.device = status.st_dev;
    file.inode = status.st_ino;
    return descriptor;
}

bool profinst__file_create(const char *pattern)
{
    file.header_size = whole_pages(sizeof *profinst__header);
    remember_pattern(pattern ? pattern : default_pattern);
    int descriptor = make_file(file.header_size);
    if (descriptor < 0)
        return false;
    struct profinst_header *header =
        mmap(NULL, file.header_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (header == MAP_FAILED) {
        profinst__say("cannot map the profile", file.path, errno, "the program runs unprofiled");
        unlink(file.path);
        close(descriptor);
        return false;
    }
    file.descriptor = move_high(descriptor);
    fill_header(header);
    random_bytes(header->run_id);
    read_program(header);
    header->size = file.header_size;
    memcpy(header->magic, PROFINST_MAGIC, sizeof header->magic);
    profinst__header = header;
    return true;
}

void profinst__file_note_clock(struct profinst_clock_pair pair)
{
    uint32_t next = 1 - profinst__header->latest;
    profinst__header->pairs[next] = pair;
    __atomic_store_n(&profinst__header->latest, next, __ATOMIC_RELEASE);
}

/* ---- growing it --------------------------------------------------------------------------- */

static bool is_ours(int descriptor)
{
    struct stat status;
    return descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_dev == file.device &&
           status.st_ino == file.inode;
}

/* The file's descriptor, opened again if the program has closed it; -1 if it is gone. */
static int descriptor_of_file(void)
{
    if (is_ours(file.descriptor))
        return file.descriptor;
    int descriptor = open(file.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor >= 0 && !is_ours(descriptor)) {
        close(descriptor);
        errno = ENOENT;
        return -1;
    }
    return file.descriptor = descriptor;
}

static struct profinst_chunk *map_chunk(uint64_t offset, uint64_t size)
{
    int descriptor = descriptor_of_file();
    if (descriptor < 0)
        return NULL;
    int error = reserve(descriptor, offset, offset + size);
    void *chunk = MAP_FAILED;
    if (error)
        errno = error;
    else
        chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, (off_t)offset);
    if (descriptor < HIGH_DESCRIPTOR)
        file.descriptor = move_high(descriptor);
    return chunk == MAP_FAILED ? NULL : chunk;
}

/* Makes the list longer by one; NULL without memory. */
static struct profinst__chunk *list_chunk(struct profinst_chunk *mapped, uint64_t offset)
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
    struct profinst__chunk *chunk = profinst__memory(sizeof *chunk);
    if (chunk) {
        *chunk = (struct profinst__chunk){mapped, offset, 0};
        chunks[chunk_count++] = chunk;
    }
    return chunk;
}

struct profinst__chunk *profinst__file_append(enum profinst_chunk_kind kind, uint32_t thread,
                                              uint64_t size)
{
    const uint64_t last_reference = (uint64_t)UINT32_MAX * PROFINST_REFERENCE_UNIT;
    uint64_t offset = profinst__header->size;
    size = whole_pages(size + sizeof(struct profinst_chunk));
    if (file.full)
        return NULL;
    errno = EFBIG;
    struct profinst_chunk *mapped =
        offset + size <= last_reference ? map_chunk(offset, size) : NULL;
    struct profinst__chunk *chunk = mapped ? list_chunk(mapped, offset) : NULL;
    if (!chunk) {
        file.full = true;
        profinst__say("cannot grow the profile", file.path, errno,
                      "calls from new places are lost, the rest is counted on");
        return NULL;
    }
    mapped->thread = thread;
    mapped->size = size;
    mapped->address = (uintptr_t)mapped;
    __atomic_store_n(&mapped->kind, kind, __ATOMIC_RELEASE);
    __atomic_store_n(&profinst__header->size, offset + size, __ATOMIC_RELEASE);
    return chunk;
}

void *profinst__file_take(struct profinst__chunk *chunk, uint64_t size)
{
    if (!chunk || chunk->mapped->size - sizeof *chunk->mapped - chunk->used < size)
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
        if (distance < chunks[i]->mapped->size)
            return (uint32_t)((chunks[i]->offset + distance) / PROFINST_REFERENCE_UNIT);
    }
    return 0;
}

void *profinst__address(uint32_t reference)
{
    uint64_t offset = (uint64_t)reference * PROFINST_REFERENCE_UNIT;
    size_t low = 0, high = chunk_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (chunks[middle]->offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return (char *)chunks[low]->mapped + (offset - chunks[low]->offset);
}

void profinst__file_each(void (*visit)(struct profinst__chunk *chunk))
{
    for (size_t i = 0; i < chunk_count; i++)
        visit(chunks[i]);
}

/* ---- after a fork ------------------------------------------------------------------------- */

/* The parent may have appended since the fork; the child's profile ends where its list does. */
static uint64_t size_at_fork(void)
{
    const struct profinst__chunk *last = chunk_count ? chunks[chunk_count - 1] : NULL;
    return last ? last->offset + last->mapped->size : file.header_size;
}

static bool write_all(int descriptor, const void *data, uint64_t size, uint64_t offset)
{
    const char *next = data;
    while (size > 0) {
        ssize_t written = pwrite(descriptor, next, size, (off_t)offset);
        if (written <= 0)
            return false;
        next += written;
        offset += (uint64_t)written;
        size -= (uint64_t)written;
    }
    return true;
}

/* Puts a part of the new file, with the content of the old, under the same address. */
static bool move_to_file(int descriptor, void *address, uint64_t size, uint64_t offset)
{
    return write_all(descriptor, address, size, offset) &&
           mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor,
                (off_t)offset) != MAP_FAILED;
}

static bool move_all_to_file(int descriptor)
{
    for (size_t i = 0; i < chunk_count; i++)
        if (!move_to_file(descriptor, chunks[i]->mapped, chunks[i]->mapped->size,
                          chunks[i]->offset))
            return false;
    return move_to_file(descriptor, profinst__header, file.header_size, 0);
}

/* Puts memory of the child's own, with the content of the file, under the same address: frames and
 * tables that point there stay valid, and the parent's counts are out of reach. */
static void move_to_memory(void *address, uint64_t size)
{
    void *copy = profinst__memory(size);
    if (copy) {
        memcpy(copy, address, size);
        mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, address);
    } else {
        mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    }
}

static void move_all_to_memory(void)
{
    for (size_t i = 0; i < chunk_count; i++)
        move_to_memory(chunks[i]->mapped, chunks[i]->mapped->size);
    move_to_memory(profinst__header, file.header_size);
    file.full = true;
}

/* The parent goes on while its child copies: what it added since is not the child's. */
static void cut_to_fork(struct profinst__chunk *chunk)
{
    uint64_t room = chunk->mapped->size - sizeof *chunk->mapped;
    chunk->mapped->used = chunk->used;
    memset((char *)(chunk->mapped + 1) + chunk->used, 0, room - chunk->used);
}

static bool fork_file(uint64_t size)
{
    int descriptor = make_file(size);
    if (descriptor < 0)
        return false;
    if (!move_all_to_file(descriptor)) {
        profinst__say("cannot fill the profile", file.path, errno,
                      "this child process runs unprofiled");
        unlink(file.path);
        close(descriptor);
        return false;
    }
    file.descriptor = move_high(descriptor);
    file.full = false;
    return true;
}

void profinst__file_fork(bool record)
{
    uint64_t size = size_at_fork();
    if (is_ours(file.descriptor))
        close(file.descriptor);
    file.descriptor = -1;
    if (!record || !fork_file(size))
        move_all_to_memory();
    profinst__file_each(cut_to_fork);
    fill_header(profinst__header);
    profinst__header->size = size;
    profinst__header->lost_calls = 0;
    profinst__header->ended = 0;
}
