/* The calling convention of aarch64 in which the callee preserves whole vector registers. */
#include "common.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

__attribute__((aarch64_vector_pcs)) NOINLINE void keeps_vectors(void) // calls: keeps_vectors 1
{
    TOUCH();
}

NOINLINE static int check(void) // calls: check 1
{
    uint64_t before[4], after[4];
    for (uint64_t i = 0; i < 4; i++)
        before[i] = 0x0102030405060708 * (i + 1);
    __asm__ volatile("ldp q8, q23, [%0]\n\t"
                     "blr %2\n\t"
                     "stp q8, q23, [%1]"
                     :
                     : "r"(before), "r"(after), "r"(keeps_vectors)
                     : "memory", "cc", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
                       "v23", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",
                       "x11", "x12", "x13", "x14", "x15", "x16", "x17");
    TOUCH();
    return memcmp(before, after, sizeof before) != 0;
}

int main(void) // calls: main 1
{
    printf("wrong %d\n", check());
    return 0;
}
