/* The life of the runtime in a process: attached by the first instrumented unit, closed at exit. It
 * may be in any process, so it never ends one, and does nothing at all in one that runs with more
 * rights than its user. */
#define _GNU_SOURCE
#include "clock.h"
#include "disk.h"
#include "durations.h"
#include "fault.h"
#include "file.h"
#include "filter.h"
#include "fork.h"
#include "hooks.h"
#include "names.h"
#include "platform.h"
#include "sample.h"
#include "section.h"
#include "thread.h"
#include "timing.h"
#include "tree.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static enum { NOT_STARTED, RECORDING, IDLE } phase;
static enum profinst_clock clock_kind;
static enum profinst_timing timing;

/* ---- exit ---------------------------------------------------------------------------------- */

/* Hooks go on working: what static destructors still call is counted, and moves the end. */
static __attribute__((destructor)) void at_exit(void)
{
    struct profinst__section section;
    if (phase != RECORDING)
        return;
    if (profinst__state.thread && profinst__state.thread->row)
        profinst__durations_settle(profinst__state.thread, true);
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    profinst__lock();
    profinst__file_note_clock(profinst__clock_pair());
    profinst__header->ended = 1;
    profinst__disk_end();
    profinst__unlock();
    profinst__section_leave(&section);
}

/* ---- attaching ---------------------------------------------------------------------------- */

static bool wanted(void)
{
    const char *disable = secure_getenv("PROFINST_DISABLE");
    return !getauxval(AT_SECURE) && !(disable && *disable && strcmp(disable, "0") != 0);
}

/* PROFINST_MAX_CONTEXTS: what a profile may hold of each process. */
static void limit_contexts(void)
{
    enum { DEFAULT = 1000000 };
    const char *wanted = secure_getenv("PROFINST_MAX_CONTEXTS");
    uint64_t limit = 0;
    const char *p = wanted && *wanted ? wanted : NULL;
    for (; p && *p >= '0' && *p <= '9'; p++)
        if (limit < UINT32_MAX)
            limit = 10 * limit + (uint64_t)(*p - '0');
    if (p && *p)
        profinst__say("PROFINST_MAX_CONTEXTS is no number of contexts:", wanted, 0,
                      "the limit is 1000000");
    profinst__tree_limit(p && !*p ? limit : DEFAULT);
}

/* PROFINST_DURATIONS: whose durations are kept apart. */
static void choose_durations(void)
{
    const char *wanted = secure_getenv("PROFINST_DURATIONS");
    if (wanted && strcmp(wanted, "context") == 0)
        profinst__durations_by_context();
    else if (wanted && *wanted && strcmp(wanted, "function") != 0)
        profinst__say("PROFINST_DURATIONS is neither function nor context:", wanted, 0,
                      "they are kept for each function");
}

/* PROFINST_FILTER, which the profile keeps. */
static void read_filter(void)
{
    const char *filter = secure_getenv("PROFINST_FILTER");
    if (!filter)
        return;
    profinst__filter_read(filter);
    if (profinst__filter_is_set())
        profinst__name_text(PROFINST_ENTRY_FILTER, filter);
}

static bool start(const struct profinst_unit *first)
{
    const char *pattern = secure_getenv("PROFINST_OUTPUT");
    if (!wanted())
        return false;
    timing = profinst__timing_choose(first);
    if (timing == PROFINST_TIMING_OFF ||
        !profinst__file_create(pattern && *pattern ? pattern : NULL))
        return false;
    limit_contexts();
    choose_durations();
    clock_kind = profinst__clock_choose();
    profinst__header->clock = clock_kind;
    profinst__timing_calibrate(timing, clock_kind);
    if (timing == PROFINST_TIMING_AUTO)
        profinst__samples_prepare();
    profinst__header->start = profinst__clock_pair();
    profinst__header->start_usage = profinst__usage();
    profinst__file_note_clock(profinst__header->start);
    int error = profinst__threads_prepare();
    if (!error)
        error = profinst__fork_prepare();
    if (error) {
        profinst__disk_remove(error);
        return false;
    }
    profinst__fault_prepare();
    read_filter();
    profinst__file_sign();
    return true;
}

/* What the linker script of the static runtime asks for, to have this file linked. */
extern const char profinst_static_runtime;
const char profinst_static_runtime = 1;

__attribute__((visibility("default"))) void profinst_attach(struct profinst_unit *unit)
{
    struct profinst__section section;
    if (unit->abi != PROFINST_ABI_VERSION) {
        profinst__say("an object file was compiled with another version of the plugin", NULL, 0,
                      "what it holds runs unprofiled");
        return;
    }
    bool first = phase == NOT_STARTED;
    profinst__section_enter(&section);
    if (first)
        phase = start(unit) ? RECORDING : IDLE;
    if (phase == RECORDING) {
        profinst__fork_notice(&section);
        profinst__unit_attach(unit);
        profinst__hooks_fill(unit->hooks, timing, clock_kind);
    }
    if (phase == IDLE)
        unit->hooks->here = 0;
    profinst__section_leave(&section);
    /* The first thread's time begins here, not with its first call. */
    if (first && phase == RECORDING && profinst__thread_begin())
        profinst__file_note_clock(profinst__clock_pair());
}
