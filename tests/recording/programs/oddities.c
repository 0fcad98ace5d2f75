/* Control flow that few functions have: computed goto, cleanups, statement expressions, inline
 * assembly that jumps, returns flags and calls, variable arrays, and a leaf that would have a red zone. */
#include "common.h"
#include <alloca.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int cleaned;

NOINLINE static void clean(int *value) // calls: clean 5
{
    cleaned += *value;
    TOUCH();
}

NOINLINE static int with_cleanup(int x) // calls: with_cleanup 3
{
    __attribute__((cleanup(clean))) int first = x;
    if (x == 0)
        return 1;
    __attribute__((cleanup(clean))) int second = 10 * x;
    TOUCH();
    return 2;
}

/* A machine whose program counter is a label. */
NOINLINE static int interpret(const char *program) // calls: interpret 2
{
    static void *const labels[] = {&&add, &&twice, &&stop};
    int value = 1;
    goto *labels[*program++ - 'a'];
add:
    value++;
    TOUCH();
    goto *labels[*program++ - 'a'];
twice:
    value *= 2;
    TOUCH();
    goto *labels[*program++ - 'a'];
stop:
    return value;
}

NOINLINE static int assembly_that_jumps(int x) // calls: assembly_that_jumps 2
{
    __asm__ goto("testl %0, %0\n\tjz %l1" : : "r"(x) : "cc" : zero);
    TOUCH();
    return 1;
zero:
    TOUCH();
    return 0;
}

NOINLINE static int flag_output(unsigned a, unsigned b) // calls: flag_output 2
{
    int carry;
    __asm__("addl %2, %1" : "=@ccc"(carry), "+r"(a) : "r"(b));
    TOUCH();
    return carry;
}

int called_from_assembly(int x); // not static: known by name alone
NOINLINE int called_from_assembly(int x) // calls: called_from_assembly 1
{
    TOUCH();
    return x + 1;
}

__asm__(".text\n"
        "in_assembly:\n\t"
        "subq $8, %rsp\n\t"
        "call called_from_assembly\n\t"
        "addq $8, %rsp\n\t"
        "ret\n");
int in_assembly(int x);

NOINLINE static long leaf_with_locals(long n) // calls: leaf_with_locals 1
{
    volatile long zone[12];
    long sum = 0;
    for (long i = 0; i < 12; i++)
        zone[i] = i * n;
    for (long i = 0; i < 12; i++)
        sum += zone[i];
    return sum;
}

NOINLINE static size_t variable(size_t n) // calls: variable 3
{
    char array[n];
    char *more = alloca(n);
    memset(array, 'x', n - 1);
    memset(more, 'y', n - 1);
    array[n - 1] = more[n - 1] = '\0';
    TOUCH();
    return strlen(array) + strlen(more);
}

NOINLINE static int expression(int x) // calls: expression 1
{
    int value = ({
        int inside = x;
        if (inside > 100)
            return -1;
        TOUCH();
        inside * 2;
    });
    return value;
}

NOINLINE static int frames(void) // calls: frames 1
{
    TOUCH();
    return __builtin_frame_address(0) != NULL && __builtin_return_address(0) != NULL;
}

NOINLINE static int parent_of_fork_by_twice(void) // calls: parent_of_fork_by_twice 1
{
    jmp_buf buffer;
    volatile int rounds = 0;
    int value = _setjmp(buffer);
    rounds++;
    TOUCH();
    if (value < 3)
        longjmp(buffer, value + 1);
    return rounds;
}

__attribute__((noreturn, noinline)) static void finish(int code) // calls: finish 1
{
    printf("cleaned %d\n", cleaned);
    fflush(stdout);
    _exit(code);
}

int main(void) // calls: main 1
{
    for (int i = 0; i < 3; i++)
        printf("%d ", with_cleanup(i));
    printf("%d %d ", interpret("aabac"), interpret("c"));
    printf("%d %d ", assembly_that_jumps(0), assembly_that_jumps(7));
    printf("%d %d ", flag_output(1, 2), flag_output(~0u, 1));
    printf("%d %ld ", in_assembly(41), leaf_with_locals(3));
    printf("%zu %zu %zu ", variable(1), variable(100), variable(10000));
    printf("%d %d %d\n", expression(21), frames(), parent_of_fork_by_twice());
    finish(3);
}
