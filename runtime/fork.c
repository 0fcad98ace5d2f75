/* After a fork two processes have one profile mapped. The child gets one of its own. */
#define _GNU_SOURCE
#include "fork.h"
#include "clock.h"
#include "file.h"
#include "platform.h"
#include "section.h"
#include "system.h"
#include "thread.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 0 in a child that nobody has told of its birth. */
static volatile char *fork_mark;

/* This process and its children record nothing. */
static bool unfollowed;

/* From before a fork until after it, in both processes. */
static PROFINST_TLS struct profinst__section fork_section;

static void before_fork(void)
{
    struct profinst__section section;
    profinst__section_enter(&section);
    profinst__lock_for_fork();
    fork_section = section;
}

static void in_parent(void)
{
    struct profinst__section section = fork_section;
    profinst__unlock_after_fork();
    profinst__section_leave(&section);
}

static bool is_followed(void)
{
    const char *follow = secure_getenv("PROFINST_FOLLOW");
    return !follow || strcmp(follow, "0") != 0;
}

static void become_child(struct profinst__section *section)
{
    const struct profinst_clock_pair start = profinst__clock_pair();
    const struct profinst_usage start_usage = profinst__usage();
    *fork_mark = 1;
    unfollowed = unfollowed || !is_followed() || !profinst__file_fork();
    if (unfollowed) {
        profinst__file_let_go();
        profinst__threads_stop();
        section->node = &profinst__closed.seen;
        profinst__state.parked = NULL;
        return;
    }
    profinst__header->start = start;
    profinst__header->start_usage = start_usage;
    profinst__threads_fork(profinst__section_place(section), section);
    /* Making the file took long enough to tell the clock's rate, in case there is no later pair. */
    profinst__file_note_clock(profinst__clock_pair());
    profinst__file_sign();
}

static void in_child(void)
{
    struct profinst__section section = fork_section;
    if (!profinst__unlock_after_fork()) {
        profinst__lock_forget();
        unfollowed = true;
    }
    become_child(&section);
    profinst__section_leave(&section);
}

void profinst__fork_notice(struct profinst__section *section)
{
    if (*fork_mark)
        return;
    profinst__lock_forget();
    profinst__lock();
    become_child(section);
    profinst__unlock();
}

int profinst__fork_prepare(void)
{
    fork_mark = profinst__fork_mark();
    return fork_mark ? profinst__system.pthread_atfork(before_fork, in_parent, in_child) : ENOMEM;
}
