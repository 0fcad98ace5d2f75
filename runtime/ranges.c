/* The plugin tells where its code is. Where functions begin and end, the object says itself, in
 * the table that its unwinding information is searched by (.eh_frame_hdr, described in the Linux
 * Standard Base): every function is in it, hooked or not, also of stripped programs. What is
 * needed is copied, so that nothing of an object is looked at that may have been unloaded. */
#define _GNU_SOURCE
#include "ranges.h"
#include "object.h"
#include "platform.h"
#include "section.h"
#include "system.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

struct profilers_range {
    uintptr_t start, end;
};

struct function_range {
    uintptr_t start; /* up to the next one's */
    const struct profinst_function *function;
};

struct object_ranges {
    struct object_ranges *next;
    const void *known_by;  /* its units' `object` */
    uintptr_t first, last; /* as far as it reaches */
    uintptr_t start, end;  /* of its code */
    size_t profilers_count, function_count;
    struct profilers_range *profilers; /* by address */
    struct function_range *functions;  /* by address */
};

static struct object_ranges *all;

/* ---- the object's own table --------------------------------------------------------------- */

/* An encoding (DW_EH_PE_...) that linkers write: offsets of four bytes from the table's start, or,
 * for what comes before it, of four bytes. */
enum { OFFSETS = 0x3b, OFFSET = 0x1b, COUNT = 0x03 };

struct table {
    uint8_t version, pointer_encoding, count_encoding, encoding;
    int32_t pointer;
    uint32_t count;
    struct {
        int32_t start, description;
    } entries[];
};

struct search {
    uintptr_t address; /* in the object */
    uintptr_t base, first, last, start, end;
    const struct table *table;
    uintptr_t section; /* address in the object's file; 0: it has none */
    uint64_t section_size;
    bool has_section; /* in memory, where the file says */
};

static int find_table(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    const struct table *table = NULL;
    bool found = false;
    (void)size;
    search->base = info->dlpi_addr;
    search->first = search->last = 0;
    search->has_section = false;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_GNU_EH_FRAME)
            table = (const struct table *)start;
        if (segment->p_type != PT_LOAD)
            continue;
        found = found || search->address - start < segment->p_memsz;
        search->first = search->first ? search->first : start;
        search->last = start + segment->p_memsz;
        if (search->section - segment->p_vaddr < segment->p_filesz &&
            search->section_size <= segment->p_filesz - (search->section - segment->p_vaddr))
            search->has_section = true;
        if (segment->p_flags & PF_X) {
            search->start = start;
            search->end = start + segment->p_memsz;
        }
    }
    if (found && table && table->version == 1 && table->pointer_encoding == OFFSET &&
        table->count_encoding == COUNT && table->encoding == OFFSETS)
        search->table = table;
    return found;
}

/* ---- the section -------------------------------------------------------------------------- */

/* Nothing in memory says where it is: what refers to it, as the linker's own symbols would, keeps
 * all functions from being collected as garbage. So the file is asked. */

static bool read_at(int file, void *to, size_t size, uint64_t at)
{
    return profinst__system.pread(file, to, size, (off_t)at) == (ssize_t)size;
}

static bool is_ours(int file, const ElfW(Shdr) * section, const ElfW(Shdr) * names)
{
    static const char name[] = ".profinst_code";
    char found[sizeof name];
    return section->sh_type == SHT_PROGBITS && section->sh_flags & SHF_ALLOC &&
           read_at(file, found, sizeof found, names->sh_offset + section->sh_name) &&
           memcmp(found, name, sizeof name) == 0;
}

static void find_section(const char *path, struct search *search)
{
    ElfW(Ehdr) header;
    ElfW(Shdr) names, section;
    int file = profinst__system.open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    if (read_at(file, &header, sizeof header, 0) && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
        header.e_shentsize == sizeof section &&
        read_at(file, &names, sizeof names, header.e_shoff + header.e_shstrndx * sizeof names))
        for (unsigned i = 0; i < header.e_shnum && !search->section; i++)
            if (read_at(file, &section, sizeof section, header.e_shoff + i * sizeof section) &&
                is_ours(file, &section, &names)) {
                search->section = section.sh_addr;
                search->section_size = section.sh_size;
            }
    profinst__system.close(file);
}

/* ---- learning ----------------------------------------------------------------------------- */

/* Linkers leave them in order, or nearly so. */
static void sort(struct profilers_range *ranges, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && ranges[k].start < ranges[k - 1].start; k--) {
            struct profilers_range later = ranges[k - 1];
            ranges[k - 1] = ranges[k];
            ranges[k] = later;
        }
}

/* The last of the ranges, of `size` bytes each, that starts at the address or before; NULL. */
static void *find(const void *ranges, size_t count, size_t size, uintptr_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (*(const uintptr_t *)((const char *)ranges + middle * size) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : (char *)(uintptr_t)ranges + (low - 1) * size;
}

static struct function_range *find_function(const struct object_ranges *object, uintptr_t address)
{
    return find(object->functions, object->function_count, sizeof *object->functions, address);
}

static bool copy_functions(struct object_ranges *object, const struct table *table)
{
    object->functions = profinst__memory(table->count * sizeof *object->functions);
    if (!object->functions)
        return false;
    object->function_count = table->count;
    for (uint32_t i = 0; i < table->count; i++)
        object->functions[i].start =
            (uintptr_t)table + (uintptr_t)(intptr_t)table->entries[i].start;
    return true;
}

static void copy_profilers(struct object_ranges *object, const struct profinst_code_range *begin,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct profinst_code_range *range = &begin[i];
        uintptr_t start = (uintptr_t)range + (uintptr_t)(intptr_t)range->start;
        object->profilers[i] = (struct profilers_range){start, start + range->size};
        struct function_range *function = range->function ? find_function(object, start) : NULL;
        if (function)
            function->function =
                (const void *)((uintptr_t)&range->function + (uintptr_t)(intptr_t)range->function);
    }
    sort(object->profilers, count);
}

void profinst__ranges_learn(const struct profinst_unit *unit)
{
    for (struct object_ranges *object = __atomic_load_n(&all, __ATOMIC_ACQUIRE); object;
         object = object->next)
        if (object->known_by == unit->object &&
            (uintptr_t)unit - object->first < object->last - object->first)
            return;
    struct search search = {.address = (uintptr_t)unit};
    find_section(profinst__object_path(unit), &search);
    if (!search.section || !profinst__system.dl_iterate_phdr(find_table, &search) ||
        !search.table || !search.has_section)
        return;
    const struct profinst_code_range *begin = (const void *)(search.base + search.section);
    size_t count = search.section_size / sizeof *begin;
    struct object_ranges *object = profinst__memory(sizeof *object);
    struct profilers_range *profilers = profinst__memory(count * sizeof *profilers + 1);
    if (!object || !profilers || !copy_functions(object, search.table))
        return;
    object->known_by = unit->object;
    object->first = search.first;
    object->last = search.last;
    object->start = search.start;
    object->end = search.end;
    object->profilers = profilers;
    object->profilers_count = count;
    copy_profilers(object, begin, count);
    profinst__lock();
    object->next = all;
    __atomic_store_n(&all, object, __ATOMIC_RELEASE);
    profinst__unlock();
}

/* ---- asking ------------------------------------------------------------------------------- */

struct profinst__range profinst__range_of(uintptr_t address)
{
    const struct object_ranges *object = __atomic_load_n(&all, __ATOMIC_ACQUIRE);
    while (object && address - object->start >= object->end - object->start)
        object = object->next;
    if (!object)
        return (struct profinst__range){false, NULL};
    const struct profilers_range *range =
        find(object->profilers, object->profilers_count, sizeof *range, address);
    const struct function_range *function = find_function(object, address);
    return (struct profinst__range){range && address < range->end,
                                    function ? function->function : NULL};
}
