#define _GNU_SOURCE
#include "section.h"
#include "platform.h"
#include "system.h"
#include "thread.h"
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* 0 free, 1 held, 2 held and somebody waits. */
static uint32_t lock;

/* The state of the thread that holds it over a fork. */
static struct profinst__state *forker;

void profinst__lock(void)
{
    uint32_t free = 0;
    if (__atomic_compare_exchange_n(&lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE) != 0) {
        const struct timespec half_a_second = {.tv_nsec = 500000000};
        if (syscall(SYS_futex, &lock, FUTEX_WAIT_PRIVATE, 2, &half_a_second, NULL, 0) != 0 &&
            errno == ETIMEDOUT && __atomic_exchange_n(&forker, NULL, __ATOMIC_ACQ_REL))
            return;
    }
}

void profinst__unlock(void)
{
    if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2)
        syscall(SYS_futex, &lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void profinst__lock_for_fork(void)
{
    profinst__lock();
    __atomic_store_n(&forker, &profinst__state, __ATOMIC_RELEASE);
}

bool profinst__unlock_after_fork(void)
{
    struct profinst__state *mine = &profinst__state;
    bool kept = __atomic_compare_exchange_n(&forker, &mine, NULL, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED);
    if (kept)
        profinst__unlock();
    return kept;
}

void profinst__lock_forget(void)
{
    __atomic_store_n(&forker, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

void profinst__section_enter(struct profinst__section *section)
{
    struct profinst__state *state = &profinst__state;
    /* SIGBUS is the one that says that the file was cut short: blocked, it would kill. */
    const uint64_t all_but_bus = ~(UINT64_C(1) << (SIGBUS - 1));
    section->saved_errno = errno;
    section->masked = profinst__system.signal_mask(&all_but_bus, &section->signal_mask) == 0;
    section->node = state->here.node;
    state->at_work = true;
    profinst__go(state, &profinst__closed);
}

void profinst__section_leave(const struct profinst__section *section)
{
    struct profinst__state *state = &profinst__state;
    state->at_work = false;
    profinst__go(state, profinst__node(section->node));
    if (section->masked)
        profinst__system.signal_mask(&section->signal_mask, NULL);
    errno = section->saved_errno;
}

struct profinst__node *profinst__section_place(const struct profinst__section *section)
{
    struct profinst__node *node = profinst__node(section->node);
    return node == &profinst__closed ? profinst__state.parked : node;
}
