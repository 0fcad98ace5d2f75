/* Two sources, each of which asks nothing of the program and is not seen by its system calls:
 *
 * - An event of perf_event_open(2) that counts the thread's processor time. It leaves the kernel
 *   out, so that the signal is raised and handled between two instructions of the program.
 *   Containers and kernel.perf_event_paranoid may refuse it.
 * - A timer of the thread's processor time, which counts in ticks of the kernel. Since Linux 5.9
 *   it expires on the way from the kernel to the program, when a system call is over. Before, it
 *   could interrupt one that blocks, and is not used.
 *
 * A process under an emulator (valgrind, qemu), whose signals come when the emulator sees fit, is
 * known by its missing vDSO, and not sampled. */
#define _GNU_SOURCE
#include "sample.h"
#include "clock.h"
#include "file.h"
#include "platform.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    /* Ignored by default, so that one too many does no harm, and hardly used. Not a real-time
     * signal: these end a program by default, and if one cannot be queued, SIGIO takes its place,
     * which does too. */
    SIGNAL = SIGURG,
    PERIOD = 997000, /* ns; no multiple of what programs do periodically */
    SECOND = 1000000000,
    HZ_LIMIT = 10000,
    ROUND = 8, /* so many samples are equally far apart: a new distance costs more than a sample */
    HIGH_DESCRIPTOR = 900, /* as in disk.c */
    THINK = 32,            /* after so many samples: how far apart need they be? */
    MOST_APART = 16,       /* periods */
    SHARE = 16,            /* the part of all descriptors that may be ours */
    HANDLERS = 4096,       /* bytes of stack for the program's handler, and ours */
    FRAME = 4096,          /* what the kernel needs besides, where it does not say */
};

enum { NONE, EVENT, TIMER };

static int best_source;
static uint64_t period; /* ns between two samples, on average */
static uint64_t tick;   /* ns: the precision of TIMER */
static uint32_t descriptors;
static size_t least_stack; /* bytes that an alternate stack must have */

/* The calling thread's. */
static PROFINST_TLS struct profinst__sampler *volatile sampling;

/* Uniform from half of `mean` to one and a half: what the program does periodically meets samples
 * no more and no less often than anything else. */
static uint64_t scatter(struct profinst__sampler *sampler, uint64_t mean)
{
    sampler->random ^= sampler->random << 13;
    sampler->random ^= sampler->random >> 7;
    sampler->random ^= sampler->random << 17;
    return mean / 2 + sampler->random % mean;
}

/* ---- the event ---------------------------------------------------------------------------- */

static int open_event(uint64_t first)
{
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof event,
                                    .config = PERF_COUNT_SW_TASK_CLOCK,
                                    .sample_period = first,
                                    .disabled = 1,
                                    .exclude_kernel = 1,
                                    .exclude_hv = 1};
    return profinst__system.perf_event_open(&event);
}

/* Out of the way of the program, if there is room. */
static int move_away(int descriptor)
{
    struct rlimit limit;
    int high = -1;
    if (profinst__system.getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        __atomic_load_n(&descriptors, __ATOMIC_RELAXED) < limit.rlim_cur / SHARE)
        high = profinst__system.fcntl(descriptor, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
    profinst__system.close(descriptor);
    return high;
}

/* The program may have closed the descriptor, and opened another under its number. */
static bool has_event(const struct profinst__sampler *sampler)
{
    uint64_t event;
    return profinst__system.ioctl(sampler->handle, PERF_EVENT_IOC_ID, &event) == 0 &&
           event == sampler->event;
}

static bool begin_event(struct profinst__sampler *sampler)
{
    struct f_owner_ex owner = {F_OWNER_TID, sampler->thread};
    int event = open_event(1 + scatter(sampler, period) - period / 2);
    if (event < 0)
        return false;
    event = move_away(event);
    if (event < 0)
        return false;
    /* The signal is named first: it would be SIGIO. */
    if (profinst__system.fcntl(event, F_SETSIG, SIGNAL) != 0 ||
        profinst__system.fcntl(event, F_SETOWN_EX, &owner) != 0 ||
        profinst__system.fcntl(event, F_SETFL, O_ASYNC) != 0 ||
        profinst__system.ioctl(event, PERF_EVENT_IOC_ID, &sampler->event) != 0) {
        profinst__system.close(event);
        return false;
    }
    sampler->handle = event;
    __atomic_fetch_add(&descriptors, 1, __ATOMIC_RELAXED);
    return true;
}

static void ask_event(struct profinst__sampler *sampler)
{
    if (!has_event(sampler))
        return;
    if (sampler->taken == 1 || (sampler->taken > 0 && sampler->taken % ROUND == 0)) {
        uint64_t distance = scatter(sampler, period * sampler->weight);
        profinst__system.ioctl(sampler->handle, PERF_EVENT_IOC_PERIOD, &distance);
    }
    profinst__system.ioctl(sampler->handle, PERF_EVENT_IOC_REFRESH, 1);
}

/* ---- the timer ---------------------------------------------------------------------------- */

static bool expires_outside_calls(void)
{
#if defined(__x86_64__)
    const unsigned since = 5 * 1000 + 9;
#else
    const unsigned since = 6 * 1000 + 6;
#endif
    struct utsname system;
    unsigned major, minor;
    return profinst__system.uname(&system) == 0 &&
           sscanf(system.release, "%u.%u", &major, &minor) == 2 && major * 1000 + minor >= since;
}

static bool begin_timer(struct profinst__sampler *sampler)
{
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGNAL, .sigev_value.sival_ptr = sampler};
    event._sigev_un._tid = sampler->thread;
    return profinst__system.timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &sampler->handle) == 0;
}

static void ask_timer(struct profinst__sampler *sampler)
{
    /* It expires with the tick after its time, so half a tick late. */
    uint64_t mean = period * sampler->weight;
    uint64_t distance = mean > tick ? scatter(sampler, mean) - tick / 2 : 1;
    struct itimerspec time = {
        .it_value = {.tv_sec = (time_t)(distance / SECOND), .tv_nsec = (long)(distance % SECOND)}};
    profinst__system.timer_settime(sampler->handle, &time);
}

/* ---- a sample ----------------------------------------------------------------------------- */

static void ask(struct profinst__sampler *sampler)
{
    if (sampler->source == EVENT)
        ask_event(sampler);
    else
        ask_timer(sampler);
}

static bool is_from(const struct profinst__sampler *sampler, const siginfo_t *info)
{
    switch (sampler->source) {
    case EVENT:
        return (info->si_code == POLL_HUP || info->si_code == POLL_IN) &&
               info->si_fd == sampler->handle;
    case TIMER:
        return info->si_code == SI_TIMER && info->si_ptr == sampler;
    default:
        return false;
    }
}

static uintptr_t program_counter(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#else
    return (uintptr_t)context->uc_mcontext.pc;
#endif
}

static bool is_blocked(const void *mask)
{
    uint64_t signals;
    __builtin_memcpy(&signals, mask, sizeof signals);
    return signals & UINT64_C(1) << (SIGNAL - 1);
}

/* A sample costs some microseconds, on virtual machines tens of them. Where calls are timed it
 * tells nothing new: if nearly all do, they get farther apart. The weight is chosen before it is
 * known what the sample will be. */
static void think(struct profinst__sampler *sampler, bool needed)
{
    sampler->needed += needed;
    if (++sampler->pending < THINK)
        return;
    bool rare = sampler->needed * 16 < sampler->pending;
    uint32_t farther = 2 * sampler->weight;
    sampler->weight = !rare ? 1 : farther < MOST_APART ? farther : MOST_APART;
    sampler->needed = sampler->pending = 0;
}

/* If a handler of the program's is interrupted, its alternate stack has to hold the kernel's frames
 * of both signals: the kernel ends a program where there is no room. */
static bool has_room(const stack_t *alternate)
{
    return alternate->ss_size == 0 || alternate->ss_size >= least_stack;
}

/* Signals of others are ignored, as they would be without a handler. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    struct profinst__sampler *sampler = sampling;
    const ucontext_t *interrupted = context;
    int saved_errno = errno;
    (void)number;
    if (!sampler || !is_from(sampler, info))
        return;
    bool needed = profinst__sample_taken(program_counter(interrupted), sampler->weight);
    sampler->taken++;
    think(sampler, needed);
    /* Blocked still, it has come in the middle of a call that unblocks signals while it waits, as
     * ppoll(2) does, and ends with EINTR now: there shall be no other. */
    if (!is_blocked(&interrupted->uc_sigmask) && has_room(&interrupted->uc_stack))
        ask(sampler);
    errno = saved_errno;
}

/* ---- beginning and ending ----------------------------------------------------------------- */

/* PROFINST_SAMPLE_HZ: how many samples there are in a second. */
static uint64_t wanted_period(void)
{
    const char *wanted = secure_getenv("PROFINST_SAMPLE_HZ");
    if (!wanted || !*wanted)
        return PERIOD;
    char *end;
    unsigned long rate = strtoul(wanted, &end, 10);
    if (*wanted >= '0' && *wanted <= '9' && !*end && rate > 0 && rate <= HZ_LIMIT)
        return SECOND / rate;
    profinst__say("PROFINST_SAMPLE_HZ is no rate from 1 to 10000:", wanted, 0,
                  "there are 1003 samples a second");
    return PERIOD;
}

/* Real-time kernels raise the event's signal in a thread of their own, at any time. */
static bool can_use_event(void)
{
    struct utsname system;
    if (profinst__system.uname(&system) != 0 || strstr(system.version, "PREEMPT_RT"))
        return false;
    int event = open_event(period);
    if (event >= 0)
        profinst__system.close(event);
    return event >= 0;
}

static bool can_use_timer(void)
{
    struct timespec resolution;
    struct profinst__sampler trial = {.thread = (int)syscall(SYS_gettid)};
    if (!expires_outside_calls() ||
        profinst__system.clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) != 0 ||
        !begin_timer(&trial))
        return false;
    profinst__system.timer_delete(trial.handle);
    tick = (uint64_t)resolution.tv_nsec;
    return true;
}

void profinst__samples_prepare(void)
{
    struct sigaction former,
        action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigdelset(&action.sa_mask, SIGBUS); /* as in a section */
    if (!getauxval(AT_SYSINFO_EHDR) || profinst__system.sigaction(SIGNAL, NULL, &former) != 0 ||
        former.sa_handler != SIG_DFL)
        return;
    size_t frame = getauxval(AT_MINSIGSTKSZ);
    least_stack = 2 * (frame ? frame : FRAME) + HANDLERS;
    period = wanted_period();
    int source = can_use_event() ? EVENT : can_use_timer() ? TIMER : NONE;
    if (source == NONE || profinst__system.sigaction(SIGNAL, &action, NULL) != 0)
        return;
    if (period < tick)
        period = tick;
    best_source = source;
    profinst__header->sample_ns = (uint32_t)period;
}

/* A program that has a handler of its own by now has it for good. */
static bool is_signal_ours(void)
{
    struct sigaction action;
    return profinst__system.sigaction(SIGNAL, NULL, &action) == 0 &&
           action.sa_sigaction == on_signal;
}

void profinst__samples_begin(struct profinst__sampler *sampler,
                             const struct profinst__section *section)
{
    stack_t alternate;
    if (best_source == NONE || !section->masked || is_blocked(&section->signal_mask) ||
        sigaltstack(NULL, &alternate) != 0 || !has_room(&alternate) || !is_signal_ours())
        return;
    sampler->thread = (int)syscall(SYS_gettid);
    sampler->process = getpid();
    sampler->random = (profinst__monotonic_ns() ^ (uintptr_t)sampler << 20) | 1;
    sampler->taken = sampler->needed = sampler->pending = 0;
    sampler->weight = 1;
    if (best_source == EVENT ? !begin_event(sampler) : !begin_timer(sampler))
        return;
    sampler->source = best_source;
    sampling = sampler;
    ask(sampler);
}

void profinst__samples_keep(struct profinst__sampler *sampler,
                            const struct profinst__section *section)
{
    /* A child of vfork has its parent's sampler. */
    if (sampler->source != EVENT || has_event(sampler) ||
        sampler->thread != (int)syscall(SYS_gettid))
        return;
    profinst__samples_end(sampler);
    profinst__samples_begin(sampler, section);
}

void profinst__samples_end(struct profinst__sampler *sampler)
{
    if (sampling == sampler)
        sampling = NULL;
    if (sampler->source == EVENT) {
        if (has_event(sampler))
            profinst__system.close(sampler->handle);
        __atomic_fetch_sub(&descriptors, 1, __ATOMIC_RELAXED);
    } else if (sampler->source == TIMER && sampler->process == getpid()) {
        profinst__system.timer_delete(sampler->handle);
    }
    sampler->source = NONE;
}
