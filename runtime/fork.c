/* After a fork two processes have one profile mapped. The child gets one of its own. */
#define _GNU_SOURCE
#include "fork.h"
#include "clock.h"
#include "file.h"
#include "platform.h"
#include "thread.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* 0 in a child that nobody has told of its birth. */
static volatile char *fork_mark;

/* From before a fork until after it, in both processes. */
static struct profinst__section fork_section;

static void before_fork(void)
{
    struct profinst__section section;
    profinst__section_enter(&section);
    profinst__lock();
    fork_section = section;
}

static void after_fork(void)
{
    struct profinst__section section = fork_section;
    profinst__unlock();
    profinst__section_leave(&section);
}

static void become_child(struct profinst_thread *row)
{
    const char *follow = secure_getenv("PROFINST_FOLLOW");
    const struct profinst_clock_pair start = profinst__clock_pair();
    *fork_mark = 1;
    profinst__file_fork(!follow || strcmp(follow, "0") != 0);
    profinst__header->start = start;
    profinst__threads_fork(row);
    /* Making the file took long enough to tell the clock's rate, in case there is no later pair. */
    profinst__file_note_clock(profinst__clock_pair());
}

static void in_child(void)
{
    become_child(fork_section.row);
    after_fork();
}

void profinst__fork_notice(struct profinst_thread *row)
{
    if (*fork_mark)
        return;
    profinst__lock_forget();
    profinst__lock();
    become_child(row);
    profinst__unlock();
}

bool profinst__fork_prepare(void)
{
    fork_mark = profinst__fork_mark();
    return fork_mark && pthread_atfork(before_fork, after_fork, in_child) == 0;
}
