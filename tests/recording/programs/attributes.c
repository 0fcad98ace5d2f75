/* Attributes that change where a function lives, how it is named, called, inlined or left. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void first(void) // calls: first 1
{
    TOUCH();
}

__attribute__((constructor(101))) static void before_first(void) // calls: before_first 1
{
    TOUCH();
}

__attribute__((constructor(65535), destructor(101))) void both(void) // calls: both 2
{
    TOUCH();
}

__attribute__((destructor)) static void last(void) // calls: last 1
{
    TOUCH();
}

NOINLINE int original(int x) // calls: original 3
{
    TOUCH();
    return x;
}

int alias(int x) __attribute__((alias("original")));
static int local_alias(int x) __attribute__((weakref("original")));

__attribute__((weak)) int weak(int x) // calls: weak 1
{
    TOUCH();
    return x;
}

int weak_and_undefined(int x) __attribute__((weak));

NOINLINE static int implementation(int x) // calls: implementation 2
{
    TOUCH();
    return x;
}

static int (*choose(void))(int)
{
    return implementation;
}

int chosen(int x) __attribute__((ifunc("choose")));

__attribute__((cold)) static NOINLINE int cold(int x) // calls: cold 1
{
    TOUCH();
    return x;
}

__attribute__((hot, section(".text.mine"), used)) static NOINLINE int hot(int x) // calls: hot 1
{
    TOUCH();
    return x;
}

static inline __attribute__((always_inline)) int always_inlined(int x) // calls: always_inlined 2
{
    TOUCH();
    return x;
}

static int flattened_leaf(int x) // calls: flattened_leaf 2
{
    TOUCH();
    return x;
}

__attribute__((flatten)) NOINLINE int flat(int x) // calls: flat 2
{
    return flattened_leaf(x) + always_inlined(x);
}

__attribute__((optnone, noinline)) int not_optimized(int x) // calls: not_optimized 1
{
    TOUCH();
    return x;
}

__attribute__((minsize, visibility("hidden"))) NOINLINE int small(int x) // calls: small 1
{
    TOUCH();
    return x;
}

__attribute__((target_clones("sse4.2", "default"))) int cloned(int x) // calls: cloned.sse4.2.0 2
{
    TOUCH();
    return x;
}

__attribute__((naked, noinline)) int naked(void)
{
    __asm__("movl $7, %eax\n\tret");
}

__attribute__((aligned(4096), disable_tail_calls)) NOINLINE int far_away(int x) // calls: far_away 1
{
    return original(x);
}

__attribute__((malloc, returns_nonnull)) NOINLINE void *make(size_t size) // calls: make 1
{
    static char none;
    void *made = malloc(size);
    TOUCH();
    return made ? made : &none;
}

/* Called as often as the optimizer thinks right: here it cannot know better. */
__attribute__((pure)) NOINLINE int pure(const volatile int *x) // calls: pure 1
{
    return *x;
}

__attribute__((noreturn)) static NOINLINE void leave(int code) // calls: leave 1
{
    TOUCH();
    exit(code);
}

int main(void) // calls: main 1
{
    int sum = original(1) + alias(2) + (weak_and_undefined ? weak_and_undefined(1) : weak(1));
    const volatile int three = 3;
    (void)local_alias;
    for (int i = 0; i < 2; i++)
        sum += chosen(i) + flat(i) + cloned(i);
    sum += cold(1) + hot(1) + not_optimized(1) + small(1) + naked() + far_away(1) + pure(&three);
    free(make(8));
    printf("sum %d\n", sum);
    leave(sum);
}
