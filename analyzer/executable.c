#define _GNU_SOURCE
#include "executable.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

/* The whole file; every access is checked against its size. */
struct elf {
    const uint8_t *bytes;
    uint64_t size;
};

/* NULL: not all of it is there. */
static const void *at(const struct elf *elf, uint64_t offset, uint64_t size)
{
    bool within = offset <= elf->size && size <= elf->size - offset;
    return within ? elf->bytes + offset : NULL;
}

static bool is_of_this_kind(const ElfW(Ehdr) * header)
{
    return header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
           header->e_ident[EI_DATA] == ELFDATA2LSB && header->e_shentsize == sizeof(ElfW(Shdr));
}

/* Copied, as it need not lie where the processor wants it. */
static bool section_at(const struct elf *elf, const ElfW(Ehdr) * header, size_t index,
                       ElfW(Shdr) * section)
{
    uint64_t offset = header->e_shoff + index * sizeof *section;
    if (index >= header->e_shnum || header->e_shoff > elf->size)
        return false;
    const void *found = at(elf, offset, sizeof *section);
    if (found)
        memcpy(section, found, sizeof *section);
    return found != NULL;
}

/* The content of a section; NULL: there is none. */
static const char *find_section(const struct elf *elf, const ElfW(Ehdr) * header, const char *name,
                                uint64_t *size)
{
    ElfW(Shdr) names, section;
    if (!section_at(elf, header, header->e_shstrndx, &names))
        return NULL;
    const char *texts = at(elf, names.sh_offset, names.sh_size);
    if (!texts)
        return NULL;
    size_t length = strlen(name) + 1;
    for (size_t i = 0; section_at(elf, header, i, &section); i++) {
        if (section.sh_name > names.sh_size || length > names.sh_size - section.sh_name ||
            memcmp(texts + section.sh_name, name, length) != 0)
            continue;
        *size = section.sh_size;
        return section.sh_type != SHT_NOBITS ? at(elf, section.sh_offset, section.sh_size) : NULL;
    }
    return NULL;
}

static const char *build_id(struct pool *pool, const char *note, uint64_t size)
{
    ElfW(Nhdr) header;
    enum { NAME_SIZE = 4 };
    if (!note || size < sizeof header + NAME_SIZE)
        return NULL;
    memcpy(&header, note, sizeof header);
    if (header.n_type != NT_GNU_BUILD_ID || header.n_namesz != NAME_SIZE ||
        memcmp(note + sizeof header, ELF_NOTE_GNU, NAME_SIZE) != 0 ||
        header.n_descsz > size - sizeof header - NAME_SIZE || header.n_descsz > 64)
        return NULL;
    const uint8_t *bytes = (const uint8_t *)note + sizeof header + NAME_SIZE;
    char *text = pool_take(pool, 2 * header.n_descsz + 1);
    text[0] = '\0';
    for (uint32_t i = 0; i < header.n_descsz; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
    return text;
}

/* Strings of a section, those that hold `wanted`, each once, "; " between them. NULL: none. */
static const char *strings(struct pool *pool, const char *texts, uint64_t size, const char *wanted)
{
    enum { ENOUGH = 65536 };
    const char *result = NULL;
    for (uint64_t i = 0; texts && i < size;) {
        uint64_t length = strnlen(texts + i, size - i);
        const char *text =
            pool_format(pool, "%.*s", (int)(length < ENOUGH ? length : ENOUGH), texts + i);
        if (strstr(text, wanted) && !(result && strstr(result, text)))
            result = result ? pool_format(pool, "%s; %s", result, text) : text;
        if (result && strlen(result) > ENOUGH)
            break;
        i += length + 1;
    }
    return result;
}

static void read_sections(struct pool *pool, const struct elf *elf, struct executable *executable)
{
    uint64_t size = 0;
    const ElfW(Ehdr) *header = at(elf, 0, sizeof *header);
    if (!is_of_this_kind(header))
        return;
    const char *section = find_section(elf, header, ".note.gnu.build-id", &size);
    executable->build_id = build_id(pool, section, size);
    section = find_section(elf, header, ".comment", &size);
    executable->compiler = strings(pool, section, size, "clang version");
    section = find_section(elf, header, ".GCC.command.line", &size);
    executable->flags = strings(pool, section, size, "");
}

struct executable executable_read(struct pool *pool, const char *path)
{
    struct executable executable = {0};
    struct stat about;
    char digest[SHA256_DIGEST_STRING_LENGTH];
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size == 0) {
        if (file >= 0)
            close(file);
        return executable;
    }
    struct elf elf = {.size = (uint64_t)about.st_size};
    void *map = mmap(NULL, elf.size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (map == MAP_FAILED)
        return executable;
    elf.bytes = map;
    SHA256Data(elf.bytes, elf.size, digest);
    executable.digest = pool_copy(pool, digest);
    read_sections(pool, &elf, &executable);
    munmap(map, elf.size);
    return executable;
}
