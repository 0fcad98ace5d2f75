/* Values of every class that the ABI knows, and of every size, passed in registers and in memory, and
 * returned: each function takes two around other arguments, checks them, and returns the second. */
#include "common.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int wrong;

#ifdef __x86_64__
#define QUAD __float128
#define HUGE_INT unsigned _BitInt(512)
#define WITH_WIDE_VECTORS __attribute__((target("avx")))
#else
#define QUAD long double
#define HUGE_INT struct { long l[8]; }
#define WITH_WIDE_VECTORS
#endif

/* Padding is not compared: `size` bytes are the value. */
static UNHOOKED void fill(void *value, size_t size, unsigned char seed)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)value)[i] = (unsigned char)(seed + i);
}

static UNHOOKED bool is_filled(const void *value, size_t size, unsigned char seed)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)value)[i] != (unsigned char)(seed + i))
            return false;
    return true;
}

#define TYPE(name, size, ...)                                                                        \
    typedef __VA_ARGS__ name##_type;                                                                 \
    NOINLINE name##_type name(int i, name##_type a, double x, name##_type b, long j)                 \
    {                                                                                                \
        wrong += !is_filled(&a, size, 129) || !is_filled(&b, size, 160);                               \
        wrong += i != 1 || x != 2.5 || j != 3;                                                       \
        TOUCH();                                                                                     \
        return b;                                                                                    \
    }                                                                                                \
    static UNHOOKED NOINLINE void check_##name(void)                                                 \
    {                                                                                                \
        int before = wrong;                                                                          \
        name##_type a, b;                                                                            \
        memset(&a, 0, sizeof a);                                                                     \
        memset(&b, 0, sizeof b);                                                                     \
        fill(&a, size, 129);                                                                          \
        fill(&b, size, 160);                                                                          \
        b = name(1, a, 2.5, b, 3);                                                                   \
        wrong += !is_filled(&b, size, 160);                                                           \
        if (wrong != before)                                                                         \
            printf("%s\n", #name);                                                                   \
    }

/* The bytes of floating point values are numbers, and not signalling ones. */
TYPE(one_char, 1, struct { char c; })                                   // calls: one_char 1
TYPE(three_chars, 3, struct { char c[3]; })                             // calls: three_chars 1
TYPE(seven_chars, 7, struct { char c[7]; })                             // calls: seven_chars 1
TYPE(fifteen_chars, 15, struct { char c[15]; })                         // calls: fifteen_chars 1
TYPE(seventeen_chars, 17, struct { char c[17]; })                       // calls: seventeen_chars 1
TYPE(short_and_char, 3, struct { short s; char c; })                    // calls: short_and_char 1
TYPE(int_and_float, 8, struct { int i; float f; })                      // calls: int_and_float 1
TYPE(two_floats, 8, struct { float f[2]; })                             // calls: two_floats 1
TYPE(three_floats, 12, struct { float f[3]; })                          // calls: three_floats 1
TYPE(double_and_int, 12, struct { double d; int i; })                   // calls: double_and_int 1
TYPE(int_and_double, 4, struct { int i; double d; })                    // calls: int_and_double 1
TYPE(two_doubles, 16, struct { double d[2]; })                          // calls: two_doubles 1
TYPE(three_doubles, 24, struct { double d[3]; })                        // calls: three_doubles 1
TYPE(two_longs, 16, struct { long l[2]; })                              // calls: two_longs 1
TYPE(three_longs, 24, struct { long l[3]; })                            // calls: three_longs 1
TYPE(packed, 9, struct __attribute__((packed)) { char c; double d; })   // calls: packed 1
TYPE(aligned, 32, struct __attribute__((aligned(32))) { long l[4]; })   // calls: aligned 1
TYPE(one_union, 8, union { double d; long l; })                         // calls: one_union 1
TYPE(bits, 4, struct { unsigned a : 3, b : 29; float f; })              // calls: bits 1
TYPE(nothing, 0, struct {})                                             // calls: nothing 1
TYPE(pointer, 8, void *)                                                // calls: pointer 1
TYPE(long_double, 10, long double)                                      // calls: long_double 1
TYPE(in_struct, 10, struct { long double d; })                          // calls: in_struct 1
TYPE(with_int, 10, struct { long double d; int i; })                    // calls: with_int 1
TYPE(complex_float, 8, _Complex float)                                  // calls: complex_float 1
TYPE(complex_double, 16, _Complex double)                               // calls: complex_double 1
TYPE(complex_long_double, 10, _Complex long double)                     // calls: complex_long_double 1
TYPE(wide_int, 16, __int128)                                            // calls: wide_int 1
TYPE(wide_int_and_char, 17, struct { __int128 i; char c; })             // calls: wide_int_and_char 1
TYPE(quad, 16, QUAD)                                                    // calls: quad 1
TYPE(odd_int, 2, unsigned _BitInt(16))                                  // calls: odd_int 1
TYPE(odd_wide_int, 12, unsigned _BitInt(96))                            // calls: odd_wide_int 1
TYPE(vector_8, 8, int __attribute__((vector_size(8))))                  // calls: vector_8 1
TYPE(vector_16, 16, int __attribute__((vector_size(16))))               // calls: vector_16 1
#if __clang_major__ >= 16
TYPE(half, 2, _Float16)                                                 // calls: half 1
TYPE(two_halves, 4, struct { _Float16 f[2]; })                          // calls: two_halves 1
TYPE(huge_int, 64, HUGE_INT)                                            // calls: huge_int 1
#else
TYPE(half, 2, unsigned short)
TYPE(two_halves, 4, struct { unsigned short f[2]; })
TYPE(huge_int, 64, struct { long l[8]; })
#endif
#undef NOINLINE
#define NOINLINE WITH_WIDE_VECTORS __attribute__((noinline))
TYPE(vector_32, 32, double __attribute__((vector_size(32))))            // calls: vector_32 1
TYPE(struct_of_vector, 32, struct { double __attribute__((vector_size(32))) v; }) // calls: struct_of_vector 1

/* In one of several types, whichever the caller has. */
typedef union {
    int *i;
    const char *c;
} any __attribute__((transparent_union));

NOINLINE char takes_any(any value) // calls: takes_any 1
{
    TOUCH();
    return *value.c;
}

int main(void) // calls: main 1
{
    check_one_char();
    check_three_chars();
    check_seven_chars();
    check_fifteen_chars();
    check_seventeen_chars();
    check_short_and_char();
    check_int_and_float();
    check_two_floats();
    check_three_floats();
    check_double_and_int();
    check_int_and_double();
    check_two_doubles();
    check_three_doubles();
    check_two_longs();
    check_three_longs();
    check_packed();
    check_aligned();
    check_one_union();
    check_bits();
    check_nothing();
    check_pointer();
    check_long_double();
    check_in_struct();
    check_with_int();
    check_complex_float();
    check_complex_double();
    check_complex_long_double();
    check_wide_int();
    check_wide_int_and_char();
    check_quad();
    check_odd_int();
    check_odd_wide_int();
    check_vector_8();
    check_vector_16();
    check_half();
    check_two_halves();
    check_huge_int();
    check_vector_32();
    check_struct_of_vector();
    wrong += takes_any((any){.c = "x"}) != 'x';
    printf("wrong %d\n", wrong);
    return 0;
}
