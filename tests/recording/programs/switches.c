/* Ten fibres and a thread's own stack, switched by a few instructions that nobody knows of; each calls leaf
 * between switches. Then the same by swapcontext, from fibre to fibre in a ring. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

enum { FIBRES = 10, TURNS = 1000, STACK = 64 * 1024 };

NOINLINE static void leaf(void) // calls: leaf 20010
{
    TOUCH();
}

/* ---- by hand ------------------------------------------------------------------------------ */

static void *stacks[FIBRES + 1];
static int turn;

/* Saves what a call keeps, puts the stack pointer into *from and takes the one of `to`. */
#if defined(__x86_64__)
__asm__(".text\n"
        ".type change_stack, @function\n"
        "change_stack:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size change_stack, . - change_stack\n");
#else
#error "the switch is written for x86-64"
#endif
void change_stack(void **from, void *to);

NOINLINE static void next(void) // calls: next 11000
{
    const int mine = turn;
    turn = (turn + 1) % (FIBRES + 1);
    change_stack(&stacks[mine], stacks[turn]);
    TOUCH();
}

static void fibre(void) // calls: fibre 10
{
    for (;;) {
        leaf();
        next();
    }
}

NOINLINE static void by_hand(void) // calls: by_hand 1
{
    for (int i = 1; i <= FIBRES; i++) {
        void **top = (void **)((char *)aligned_alloc(64, STACK) + STACK) - 1;
        *top = NULL;
        *--top = (void *)fibre;
        stacks[i] = top - 6;
    }
    for (int i = 0; i < TURNS / FIBRES * FIBRES; i++) {
        next();
        TOUCH();
    }
}

/* ---- by swapcontext ----------------------------------------------------------------------- */

static ucontext_t ring[FIBRES + 1];

static void member(int mine) // calls: member 10
{
    for (int i = 0; i < TURNS; i++) {
        leaf();
        swapcontext(&ring[mine], &ring[(mine + 1) % (FIBRES + 1)]);
    }
}

NOINLINE static void by_swapcontext(void) // calls: by_swapcontext 1
{
    for (int i = 1; i <= FIBRES; i++) {
        getcontext(&ring[i]);
        ring[i].uc_stack.ss_sp = malloc(STACK);
        ring[i].uc_stack.ss_size = STACK;
        makecontext(&ring[i], (void (*)(void))member, 1, i);
    }
    for (int i = 0; i < TURNS; i++)
        swapcontext(&ring[0], &ring[1]);
}

int main(void) // calls: main 1
{
    by_hand();
    leaf();
    by_swapcontext();
    for (int i = 0; i < 9; i++)
        leaf();
    printf("touched %ld\n", touched);
    return 0;
}
