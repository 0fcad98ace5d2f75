/* Calls into libraries that are not recorded. */
#define _GNU_SOURCE
#include "common.h"
#include "external.h"
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static char *volatile text = "text";
static char here[16];

NOINLINE int must_end_in_call(int x) // calls: must_end_in_call 2
{
    __attribute__((musttail)) return outside_tail(x);
}

static ucontext_t mine, others;
static char stack[64 * 1024];

void other_stack(void) // calls: other_stack 1
{
    TOUCH();
}

NOINLINE int switches(void) // calls: switches 1
{
    getcontext(&others);
    others.uc_stack.ss_sp = stack;
    others.uc_stack.ss_size = sizeof stack;
    others.uc_link = &mine;
    makecontext(&others, other_stack, 0);
    return swapcontext(&mine, &others);
}

NOINLINE int becomes_parent(void) // calls: becomes_parent 1
{
    int status = 1;
    pid_t child = vfork();
    if (child == 0)
        _exit(0);               // calls: _exit 1 outside
    waitpid(child, &status, 0); // calls: waitpid 1 outside
    return status;
}

int main(void) // calls: main 1
{
    jmp_buf place;
    int sum = setjmp(place);
    memcpy(here, text, 4); /* of a constant length */
    sum += isdigit(*text) != 0;
    sum += switches() + becomes_parent();
    sum += errno;
    sum += must_end_in_call(1) + must_end_in_call(2);
    printf("%d %s\n", sum, here); // calls: printf 1 outside
    return 0;
}
