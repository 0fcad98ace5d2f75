/* The life of the runtime in a process: attached by the first instrumented unit, closed at exit. It
 * may be in any process, so it never ends one, and does nothing at all in one that runs with more
 * rights than its user. */
#define _GNU_SOURCE
#include "clock.h"
#include "file.h"
#include "fork.h"
#include "hooks.h"
#include "names.h"
#include "platform.h"
#include "thread.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static enum { NOT_STARTED, RECORDING, IDLE } phase;
static enum profinst_clock clock_kind;

/* ---- exit ---------------------------------------------------------------------------------- */

/* Hooks go on working: what static destructors still call is counted, and moves the end. */
static __attribute__((destructor)) void at_exit(void)
{
    struct profinst__section section;
    if (phase != RECORDING)
        return;
    profinst__section_enter(&section);
    profinst__fork_notice(section.row);
    profinst__lock();
    profinst__file_note_clock(profinst__clock_pair());
    profinst__header->ended = 1;
    profinst__unlock();
    profinst__section_leave(&section);
}

/* ---- attaching ---------------------------------------------------------------------------- */

static bool wanted(void)
{
    const char *disable = secure_getenv("PROFINST_DISABLE");
    return !getauxval(AT_SECURE) && !(disable && *disable && strcmp(disable, "0") != 0);
}

static bool start(void)
{
    const char *pattern = secure_getenv("PROFINST_OUTPUT");
    if (!wanted() || !profinst__file_create(pattern && *pattern ? pattern : NULL))
        return false;
    clock_kind = profinst__clock_choose();
    profinst__header->clock = clock_kind;
    profinst__header->start = profinst__clock_pair();
    profinst__file_note_clock(profinst__header->start);
    return profinst__threads_prepare() && profinst__fork_prepare();
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
        phase = start() ? RECORDING : IDLE;
    if (phase == RECORDING) {
        profinst__object_of(unit);
        profinst__hooks_fill(unit->hooks, clock_kind);
    }
    profinst__section_leave(&section);
    /* The first thread's time begins here, not with its first call. */
    if (first && phase == RECORDING && profinst__thread_begin())
        profinst__file_note_clock(profinst__clock_pair());
}
