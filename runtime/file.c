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
    char pattern[PATH_MAX]; /* absolute, so that a fork after chdir finds the place again */
    char path[PATH_MAX];
    int descriptor;
    dev_t device;
    ino_t inode;
    uint64_t header_size; /* as mapped, in whole pages */
    bool full;
} file;

/* The mapped chunks in the order of the file. */
static struct mapping {
    struct profinst_chunk *chunk;
    uint64_t offset;
    uint64_t used_at_fork;
} * mappings;
static size_t mapping_count, mapping_room;

/* ---- making the file ---------------------------------------------------------------------- */

/* Appends to a path that is being built; what does not fit makes it too long for open(2). */
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
    if (pattern[0] != '/' && getcwd(file.pattern, sizeof file.pattern - 1))
        append(file.pattern, "/");
    append(file.pattern, pattern);
}

/* The path for this process: the pattern expanded, a number before the ending from the second try.
 */
static void expand_pattern(unsigned attempt)
{
    file.path[0] = '\0';
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

/* Moves a descriptor out of the way of the program, whose next open() expects the lowest. */
static int move_high(int descriptor)
{
    int high = fcntl(descriptor, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
    if (high < 0)
        return descriptor;
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
    file.descriptor = move_high(descriptor);
    return file.descriptor;
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
        return false;
    }
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

/* The file's descriptor, opened again if the program has closed it. */
static int descriptor_of_file(void)
{
    if (is_ours(file.descriptor))
        return file.descriptor;
    int descriptor = open(file.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    if (!is_ours(descriptor)) {
        close(descriptor);
        errno = ENOENT;
        return -1;
    }
    return file.descriptor = move_high(descriptor);
}

static bool add_mapping(struct profinst_chunk *chunk, uint64_t offset)
{
    if (mapping_count == mapping_room) {
        size_t room = mapping_room ? 2 * mapping_room : profinst__page_size() / sizeof *mappings;
        struct mapping *larger = profinst__memory(room * sizeof *mappings);
        if (!larger)
            return false;
        if (mapping_count)
            memcpy(larger, mappings, mapping_count * sizeof *mappings);
        mappings = larger;
        mapping_room = room;
    }
    mappings[mapping_count++] = (struct mapping){chunk, offset, 0};
    return true;
}

static struct profinst_chunk *map_chunk(uint64_t offset, uint64_t size)
{
    int descriptor = descriptor_of_file();
    if (descriptor < 0)
        return NULL;
    int error = reserve(descriptor, offset, offset + size);
    if (error) {
        errno = error;
        return NULL;
    }
    void *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, (off_t)offset);
    return chunk == MAP_FAILED ? NULL : chunk;
}

struct profinst_chunk *profinst__file_append(enum profinst_chunk_kind kind, uint32_t thread,
                                             uint64_t size)
{
    const uint64_t last_reference = (uint64_t)UINT32_MAX * PROFINST_REFERENCE_UNIT;
    uint64_t offset = profinst__header->size;
    size = whole_pages(size + sizeof(struct profinst_chunk));
    if (file.full)
        return NULL;
    errno = EFBIG;
    struct profinst_chunk *chunk = offset + size <= last_reference ? map_chunk(offset, size) : NULL;
    if (!chunk || !add_mapping(chunk, offset)) {
        file.full = true;
        profinst__say("cannot grow the profile", file.path, errno,
                      "calls from new places are lost, the rest is counted on");
        return NULL;
    }
    chunk->thread = thread;
    chunk->size = size;
    __atomic_store_n(&chunk->kind, kind, __ATOMIC_RELEASE);
    __atomic_store_n(&profinst__header->size, offset + size, __ATOMIC_RELEASE);
    return chunk;
}

void *profinst__file_take(struct profinst_chunk *chunk, uint64_t size)
{
    if (!chunk || chunk->size - sizeof *chunk - chunk->used < size)
        return NULL;
    return (char *)(chunk + 1) + chunk->used;
}

void profinst__file_publish(struct profinst_chunk *chunk, uint64_t size)
{
    __atomic_store_n(&chunk->used, chunk->used + size, __ATOMIC_RELEASE);
}

/* ---- finding records ---------------------------------------------------------------------- */

uint32_t profinst__reference(const void *record)
{
    /* From the newest: records are mostly asked for soon after they were made. */
    for (size_t i = mapping_count; i-- > 0;) {
        uint64_t distance = (uint64_t)((const char *)record - (const char *)mappings[i].chunk);
        if (distance < mappings[i].chunk->size)
            return (uint32_t)((mappings[i].offset + distance) / PROFINST_REFERENCE_UNIT);
    }
    return 0;
}

void *profinst__address(uint32_t reference)
{
    uint64_t offset = (uint64_t)reference * PROFINST_REFERENCE_UNIT;
    size_t low = 0, high = mapping_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (mappings[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return (char *)mappings[low].chunk + (offset - mappings[low].offset);
}

void profinst__file_each(void (*visit)(struct profinst_chunk *chunk))
{
    for (size_t i = 0; i < mapping_count; i++)
        visit(mappings[i].chunk);
}

/* ---- after a fork ------------------------------------------------------------------------- */

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

static bool remap(void *address, uint64_t size, int descriptor, uint64_t offset)
{
    return mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor,
                (off_t)offset) != MAP_FAILED;
}

/* Memory of the child's own under an address that was the parent's profile, content kept: frames
 * and tables that point there stay valid, and the parent's counts are out of reach. */
static void detach_mapping(void *address, uint64_t size)
{
    void *copy = profinst__memory(size);
    if (copy) {
        memcpy(copy, address, size);
        mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, address);
    } else {
        mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    }
}

static void detach_all(void)
{
    for (size_t i = 0; i < mapping_count; i++)
        detach_mapping(mappings[i].chunk, mappings[i].chunk->size);
    detach_mapping(profinst__header, file.header_size);
    file.full = true;
}

void profinst__file_before_fork(void)
{
    for (size_t i = 0; i < mapping_count; i++)
        mappings[i].used_at_fork = mappings[i].chunk->used;
}

/* The parent goes on while its child copies: what it added since is not the child's. */
static void cut_to_fork(const struct mapping *mapping)
{
    struct profinst_chunk *chunk = mapping->chunk;
    uint64_t room = chunk->size - sizeof *chunk;
    chunk->used = mapping->used_at_fork;
    memset((char *)(chunk + 1) + chunk->used, 0, room - chunk->used);
}

bool profinst__file_fork(void)
{
    uint64_t size = file.header_size;
    for (size_t i = 0; i < mapping_count; i++)
        size += mappings[i].chunk->size;
    if (is_ours(file.descriptor))
        close(file.descriptor);
    int descriptor = make_file(size);
    if (descriptor < 0) {
        detach_all();
        return false;
    }
    bool good = write_all(descriptor, profinst__header, file.header_size, 0);
    for (size_t i = 0; good && i < mapping_count; i++)
        good =
            write_all(descriptor, mappings[i].chunk, mappings[i].chunk->size, mappings[i].offset);
    good = good && remap(profinst__header, file.header_size, descriptor, 0);
    for (size_t i = 0; good && i < mapping_count; i++)
        good = remap(mappings[i].chunk, mappings[i].chunk->size, descriptor, mappings[i].offset);
    if (!good) {
        profinst__say("cannot fill the profile", file.path, errno,
                      "this child process runs unprofiled");
        unlink(file.path);
        detach_all();
        return false;
    }
    for (size_t i = 0; i < mapping_count; i++)
        cut_to_fork(&mappings[i]);
    fill_header(profinst__header);
    profinst__header->size = size;
    profinst__header->lost_calls = 0;
    file.full = false;
    return true;
}
