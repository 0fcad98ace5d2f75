/* The life of the runtime in a process: attached by the first instrumented unit, followed through
 * fork, closed at exit. It may be in any process, so it never ends one, and does nothing at all in
 * one that runs with more rights than its user. */
#define _GNU_SOURCE
#include "clock.h"
#include "file.h"
#include "hooks.h"
#include "names.h"
#include "platform.h"
#include "thread.h"
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static enum { NOT_STARTED, RECORDING, IDLE } phase;
static enum profinst_clock clock_kind;

/* ---- objects ------------------------------------------------------------------------------ */

struct object_search {
    uintptr_t address;
    const char *path;
};

static int holds_address(struct dl_phdr_info *info, size_t size, void *data)
{
    struct object_search *search = data;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || search->address - start >= segment->p_memsz)
            continue;
        search->path =
            info->dlpi_name && *info->dlpi_name ? info->dlpi_name : profinst__header->program;
        return 1;
    }
    return 0;
}

static const char *path_of_object(const void *address)
{
    struct object_search search = {(uintptr_t)address, NULL};
    dl_iterate_phdr(holds_address, &search);
    return search.path ? search.path : profinst__header->program;
}

/* ---- fork and exit ------------------------------------------------------------------------ */

/* From before a fork until after it, in both processes. */
static struct profinst__section fork_section;

static void before_fork(void)
{
    struct profinst__section section;
    profinst__section_enter(&section);
    fork_section = section;
    if (phase == RECORDING)
        profinst__file_before_fork();
}

static void after_fork(void)
{
    struct profinst__section section = fork_section;
    profinst__section_leave(&section);
}

static void in_child(void)
{
    if (phase == RECORDING) {
        profinst__file_fork();
        profinst__header->ended = 0;
        profinst__header->start = profinst__clock_pair();
        profinst__threads_fork();
        profinst__file_note_clock(profinst__clock_pair());
    }
    after_fork();
}

/* Hooks go on working: what static destructors still call is counted, and moves the end. */
static __attribute__((destructor)) void at_exit(void)
{
    if (phase != RECORDING)
        return;
    profinst__file_note_clock(profinst__clock_pair());
    profinst__header->ended = 1;
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
    return profinst__threads_prepare() && pthread_atfork(before_fork, after_fork, in_child) == 0;
}

__attribute__((visibility("default"))) void profinst_attach(struct profinst_unit *unit)
{
    struct profinst__section section;
    if (unit->abi != PROFINST_ABI_VERSION) {
        profinst__say("an object file was compiled with another version of the plugin", NULL, 0,
                      "what it holds runs unprofiled");
        return;
    }
    if (phase == NOT_STARTED) {
        int saved_errno = errno;
        phase = start() ? RECORDING : IDLE;
        errno = saved_errno;
        if (phase == RECORDING && profinst__thread_begin())
            profinst__file_note_clock(profinst__clock_pair());
    }
    if (phase != RECORDING)
        return;
    /* Asked outside the section: the dynamic linker has locks of its own. */
    const char *path = path_of_object(unit);
    profinst__section_enter(&section);
    unit->object = profinst__object(path);
    profinst__hooks_fill(unit->hooks, clock_kind);
    profinst__section_leave(&section);
}
