#define _GNU_SOURCE
#include "platform.h"
#include "clock.h"
#include "system.h"
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

void *profinst__memory(size_t size)
{
    void *memory = profinst__system.mmap(NULL, size, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

volatile char *profinst__fork_mark(void)
{
    volatile char *mark = profinst__memory(1);
    if (mark) {
        profinst__system.madvise((void *)mark, 1, MADV_WIPEONFORK);
        *mark = 1;
    }
    return mark;
}

size_t profinst__page_size(void)
{
    return getauxval(AT_PAGESZ);
}

struct profinst_usage profinst__usage(void)
{
    struct rusage usage;
    if (profinst__system.getrusage(RUSAGE_SELF, &usage) != 0)
        return (struct profinst_usage){0};
    return (struct profinst_usage){profinst__in_ns(usage.ru_utime), profinst__in_ns(usage.ru_stime),
                                   (uint64_t)usage.ru_maxrss * 1024};
}

void profinst__say(const char *what, const char *on_what, int error, const char *and_so)
{
    const char *parts[] = {"profinst: ",
                           what,
                           on_what ? " " : "",
                           on_what ? on_what : "",
                           error ? ": " : "",
                           error ? strerrordesc_np(error) : "",
                           "; ",
                           and_so,
                           "\n"};
    char line[1024];
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = parts[i] ? parts[i] : "unknown error";
        size_t length = strnlen(part, sizeof line - used);
        memcpy(line + used, part, length);
        used += length;
    }
    line[sizeof line - 1] = '\n';
    if (profinst__system.write(STDERR_FILENO, line, used) < 0) {
        /* There is nobody else to tell. */
    }
}
