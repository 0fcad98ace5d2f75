#include "executable.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

#include "once.h"
#include "text.h"

/* Of a section; the rest of the file, however large, is only read through. */
enum { LARGEST_SECTION = 1 << 24, PART = 1 << 16 };

/* It is read, not mapped: who builds the program again meanwhile may cut it short. */
struct elf {
    int file;
    uint64_t size;
    struct pool pool; /* sections */
    ElfW(Ehdr) header;
};

/* As much as there is, up to `size`. */
static size_t read_some(int file, uint64_t offset, void *to, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t step = pread(file, (char *)to + done, size - done, (off_t)(offset + done));
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0)
            break;
        done += (size_t)step;
    }
    return done;
}

static bool read_at(const struct elf *elf, uint64_t offset, void *to, size_t size)
{
    bool within = offset <= elf->size && size <= elf->size - offset;
    return within && read_some(elf->file, offset, to, size) == size;
}

static bool read_header(struct elf *elf)
{
    ElfW(Ehdr) *header = &elf->header;
    return read_at(elf, 0, header, sizeof *header) &&
           memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
           header->e_ident[EI_DATA] == ELFDATA2LSB && header->e_shentsize == sizeof(ElfW(Shdr));
}

static bool section_at(const struct elf *elf, size_t index, ElfW(Shdr) * section)
{
    return index < elf->header.e_shnum && elf->header.e_shoff <= elf->size &&
           read_at(elf, elf->header.e_shoff + index * sizeof *section, section, sizeof *section);
}

/* In the pool, with a 0 behind it; NULL: not all of it is there. */
static const char *content(struct elf *elf, const ElfW(Shdr) * section)
{
    if (section->sh_type == SHT_NOBITS || section->sh_size > LARGEST_SECTION)
        return NULL;
    char *bytes = pool_take(&elf->pool, section->sh_size + 1);
    bytes[section->sh_size] = '\0';
    return read_at(elf, section->sh_offset, bytes, section->sh_size) ? bytes : NULL;
}

/* NULL: there is no such section. */
static const char *find_section(struct elf *elf, const char *name, uint64_t *size)
{
    ElfW(Shdr) names, section;
    const char *texts =
        section_at(elf, elf->header.e_shstrndx, &names) ? content(elf, &names) : NULL;
    for (size_t i = 0; texts && section_at(elf, i, &section); i++) {
        if (section.sh_name >= names.sh_size || strcmp(texts + section.sh_name, name) != 0)
            continue;
        *size = section.sh_size;
        return content(elf, &section);
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
    return text_hex(pool, note + sizeof header + NAME_SIZE, header.n_descsz);
}

/* Strings of a section, those that hold `wanted`, each once, "; " between them. NULL: none. */
static const char *strings(struct pool *pool, const char *texts, uint64_t size, const char *wanted)
{
    enum { ENOUGH = 65536 };
    struct once once;
    once_begin(&once, "; ");
    for (uint64_t i = 0; texts && i < size && once.length <= ENOUGH; i += strlen(texts + i) + 1)
        if (texts[i] && strstr(texts + i, wanted))
            once_add(&once, texts + i);
    return once_end(&once, pool);
}

static void read_sections(struct pool *pool, struct elf *elf, struct executable *executable)
{
    uint64_t size = 0;
    if (!read_header(elf))
        return;
    const char *section = find_section(elf, ".note.gnu.build-id", &size);
    executable->build_id = build_id(pool, section, size);
    section = find_section(elf, ".comment", &size);
    executable->compiler = strings(pool, section, size, "clang version");
    section = find_section(elf, ".GCC.command.line", &size);
    executable->flags = strings(pool, section, size, "");
}

static const char *digest_of(struct pool *pool, int file)
{
    SHA2_CTX sum;
    char digest[SHA256_DIGEST_STRING_LENGTH];
    uint8_t *part = memory_take(PART);
    size_t size;
    SHA256Init(&sum);
    for (uint64_t at = 0; (size = read_some(file, at, part, PART)) > 0; at += size)
        SHA256Update(&sum, part, size);
    free(part);
    return pool_copy(pool, SHA256End(&sum, digest));
}

struct executable executable_read(struct pool *pool, const char *path)
{
    struct executable executable = {0};
    struct stat about;
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
        struct elf elf = {.file = file, .size = (uint64_t)about.st_size};
        executable.digest = digest_of(pool, file);
        read_sections(pool, &elf, &executable);
        pool_free(&elf.pool);
    }
    if (file >= 0)
        close(file);
    return executable;
}
