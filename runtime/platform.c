#define _GNU_SOURCE
#include "platform.h"
#include "system.h"
#include "thread.h"
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 0 free, 1 held, 2 held and somebody waits. */
static uint32_t lock;

void profinst__lock(void)
{
    uint32_t free = 0;
    if (__atomic_compare_exchange_n(&lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE) != 0)
        syscall(SYS_futex, &lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

void profinst__unlock(void)
{
    if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2)
        syscall(SYS_futex, &lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void profinst__lock_forget(void)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

void profinst__section_enter(struct profinst__section *section)
{
    struct profinst__state *state = &profinst__state;
    /* SIGBUS is the one that says that the file was cut short: blocked, it would kill. */
    const uint64_t all_but_bus = ~(UINT64_C(1) << (SIGBUS - 1));
    section->saved_errno = errno;
    section->masked = profinst__system.signal_mask(&all_but_bus, &section->signal_mask) == 0;
    if (!state->row)
        profinst__end_tail(state);
    section->row = state->row;
    state->row = NULL;
    state->at_work = true;
}

void profinst__section_leave(const struct profinst__section *section)
{
    struct profinst__state *state = &profinst__state;
    state->at_work = false;
    state->row = section->row;
    if (section->masked)
        profinst__system.signal_mask(&section->signal_mask, NULL);
    errno = section->saved_errno;
}

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
