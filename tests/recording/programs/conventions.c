/* Calling conventions other than that of C, and what is passed in unusual places. Each function checks its
 * arguments, each caller the result; `wrong` counts what was harmed. Registers that a convention has the
 * callee preserve are filled by the caller around the call, in one piece of assembly. */
#include "common.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int wrong;
#define EXPECT(condition)                                                                            \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            printf("line %d\n", __LINE__);                                                           \
            wrong++;                                                                                 \
        }                                                                                            \
    } while (0)

/* ---- conventions -------------------------------------------------------------------------- */

typedef double pair_of_doubles __attribute__((vector_size(16)));

#define BODY_OF_MANY                                                                                 \
    EXPECT(a == 1 && b == 2 && c == 3 && d == 4 && e == 5 && f == 6 && g == 7);                      \
    EXPECT(x == 0.5 && y[0] == 1.5 && y[1] == 2.5);                                                  \
    TOUCH();                                                                                         \
    return a + b * 2 + g;

#define MANY(name, convention)                                                                       \
    convention NOINLINE long name(long a, long b, long c, double x, long d, long e, long f, long g,  \
                                  pair_of_doubles y)                                                 \
    {                                                                                                \
        BODY_OF_MANY                                                                                 \
    }

#define CHECK(name) EXPECT(name(1, 2, 3, 0.5, 4, 5, 6, 7, (pair_of_doubles){1.5, 2.5}) == 12)

MANY(plain, )                                        // calls: plain 1
MANY(microsoft, __attribute__((ms_abi)))             // calls: microsoft 1
MANY(system_v, __attribute__((sysv_abi)))            // calls: system_v 1
MANY(vector_call, __attribute__((vectorcall)))       // calls: vector_call 1
MANY(register_call, __attribute__((regcall)))        // calls: __regcall3__register_call 1
MANY(swift, __attribute__((swiftcall)))              // calls: swift 1
static MANY(internal, )                              // calls: internal 1
#if __clang_major__ >= 19
MANY(preserves_most, __attribute__((preserve_most))) // calls: preserves_most 1
MANY(preserves_all, __attribute__((preserve_all)))   // calls: preserves_all 1
MANY(preserves_none, __attribute__((preserve_none))) // calls: preserves_none 1
#else /* the result is preserved as well, which is a bug, and the third is not known */
MANY(preserves_most, )
MANY(preserves_all, )
MANY(preserves_none, )
#endif

/* ---- registers that the callee preserves --------------------------------------------------- */

__attribute__((preserve_most)) NOINLINE void keeps_most(void) // calls: keeps_most 1
{
    TOUCH();
}

__attribute__((preserve_all)) NOINLINE void keeps_all(void) // calls: keeps_all 1
{
    TOUCH();
}

/* Interrupt handlers call such functions. */
__attribute__((no_caller_saved_registers, target("general-regs-only"))) NOINLINE void
keeps_every_register(void) // calls: keeps_every_register 1
{
    TOUCH();
}

/* All integer registers, and xmm0 to xmm15, before and after a call. */
struct registers {
    uint64_t whole[16];
    unsigned char vectors[16][16];
};

#define FOR_INTEGERS(X)                                                                              \
    X(rax, 0) X(rbx, 8) X(rcx, 16) X(rdx, 24) X(rsi, 32) X(r8, 40) X(r9, 48) X(r10, 56)              \
    X(r12, 72) X(r13, 80) X(r14, 88) X(r15, 96)
#define FOR_VECTORS(X)                                                                               \
    X(xmm0, 128) X(xmm1, 144) X(xmm2, 160) X(xmm3, 176) X(xmm4, 192) X(xmm5, 208) X(xmm6, 224)       \
    X(xmm7, 240) X(xmm8, 256) X(xmm9, 272) X(xmm10, 288) X(xmm11, 304) X(xmm12, 320)                 \
    X(xmm13, 336) X(xmm14, 352) X(xmm15, 368)
#define LOAD(r, offset) "movq " #offset "(%%rdi), %%" #r "\n\t"
#define STORE(r, offset) "movq %%" #r ", " #offset "(%%rdi)\n\t"
#define LOAD_VECTOR(r, offset) "movdqu " #offset "(%%rdi), %%" #r "\n\t"
#define STORE_VECTOR(r, offset) "movdqu %%" #r ", " #offset "(%%rdi)\n\t"

/* rdi holds the address, and is kept by all these conventions too. */
static UNHOOKED NOINLINE void call_with(struct registers *registers, void (*function)(void))
{
    __asm__ volatile("subq $128, %%rsp\n\t" /* beyond the red zone */
                     "pushq %%rbp\n\t"
                     "movq %%rsp, %%rbp\n\t"
                     "andq $-16, %%rsp\n\t"
                     "pushq %%rdi\n\t"
                     "pushq %%r11\n\t" FOR_VECTORS(LOAD_VECTOR) FOR_INTEGERS(LOAD)
                     "callq *(%%rsp)\n\t"
                     "movq 8(%%rsp), %%rdi\n\t" FOR_INTEGERS(STORE) FOR_VECTORS(STORE_VECTOR)
                     "movq %%rbp, %%rsp\n\t"
                     "popq %%rbp\n\t"
                     "addq $128, %%rsp"
                     : "+D"(registers), "+r"(function)
                     :
                     : "memory", "cc", "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r12",
                       "r13", "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

static UNHOOKED void check_registers(void (*function)(void), int vectors)
{
    struct registers before, after;
    for (size_t i = 0; i < sizeof before; i++)
        ((unsigned char *)&before)[i] = (unsigned char)(i * 7 + 1);
    after = before;
    call_with(&after, function);
    EXPECT(memcmp(before.whole, after.whole, sizeof before.whole) == 0);
    if (vectors)
        EXPECT(memcmp(before.vectors, after.vectors, sizeof before.vectors) == 0);
}

/* ---- a variable in a register --------------------------------------------------------------- */

NOINLINE static long in_register(long x) // calls: in_register 3
{
    register long kept __asm__("rbx") = x;
    __asm__ volatile("incq %0" : "+r"(kept));
    TOUCH();
    __asm__ volatile("incq %0" : "+r"(kept));
    return kept;
}

register void *stack_pointer __asm__("rsp");

NOINLINE static int aligned_stack(void) // calls: aligned_stack 1
{
    __attribute__((aligned(128))) volatile char wide[128];
    wide[0] = 1;
    TOUCH();
    EXPECT((uintptr_t)wide % 128 == 0);
    EXPECT((uintptr_t)stack_pointer % 16 == 0);
    return wide[0];
}

/* ---- va_list handed on ---------------------------------------------------------------------- */

NOINLINE static double add(int count, va_list list) // calls: add 4
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += i % 3 == 0   ? va_arg(list, int)
               : i % 3 == 1 ? va_arg(list, double)
                            : (double)va_arg(list, long double);
    TOUCH();
    return sum;
}

NOINLINE double forwards(int count, ...) // calls: forwards 2
{
    va_list list, copy;
    va_start(list, count);
    va_copy(copy, list);
    double sum = add(count, list), again = add(count, copy);
    va_end(copy);
    va_end(list);
    TOUCH();
    EXPECT(sum == again);
    return sum;
}

__attribute__((ms_abi)) NOINLINE long microsoft_variadic(int count, ...) // calls: microsoft_variadic 1
{
    __builtin_ms_va_list list;
    long sum = 0;
    __builtin_ms_va_start(list, count);
    for (int i = 0; i < count; i++)
        sum += __builtin_va_arg(list, long);
    __builtin_ms_va_end(list);
    TOUCH();
    return sum;
}

/* The number of vector registers in use is in al at the entry. */
NOINLINE void prints(char *line, size_t size, const char *format, ...) // calls: prints 1
{
    va_list list;
    va_start(list, format);
    vsnprintf(line, size, format, list);
    va_end(list);
    TOUCH();
}

int main(void) // calls: main 1
{
    char line[64];
    CHECK(plain);
    CHECK(microsoft);
    CHECK(system_v);
    CHECK(vector_call);
    CHECK(register_call);
    CHECK(swift);
    CHECK(preserves_most);
    CHECK(preserves_all);
    CHECK(preserves_none);
    CHECK(internal);
    check_registers((void (*)(void))keeps_most, 0);
    check_registers((void (*)(void))keeps_all, 1);
    check_registers((void (*)(void))keeps_every_register, 0);
    for (long i = 0; i < 3; i++)
        EXPECT(in_register(i) == i + 2);
    EXPECT(aligned_stack() == 1);
    EXPECT(forwards(3, 1, 2.5, 3.5L) == 7);
    EXPECT(forwards(12, 1, 1., 1.L, 1, 1., 1.L, 1, 1., 1.L, 1, 1., 1.L) == 12);
    EXPECT(microsoft_variadic(7, 1L, 2L, 3L, 4L, 5L, 6L, 7L) == 28);
    prints(line, sizeof line, "%d %g %Lg %s %g %g", 1, 2.5, 3.5L, "x", 4.5, 5.5);
    EXPECT(strcmp(line, "1 2.5 3.5 x 4.5 5.5") == 0);
    printf("wrong %d\n", wrong);
    return 0;
}
