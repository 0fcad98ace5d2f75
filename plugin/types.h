/* Hashes of types, by what they consist of. */
#ifndef PROFINST_TYPES_H
#define PROFINST_TYPES_H

#include <llvm-c/Core.h>
#include <stdint.h>

uint64_t types_mix(uint64_t hash, LLVMTypeRef type);

/* Forgets the types of the module. */
void types_end(void);

#endif
