/* Fingerprints of functions: a hash of a function's code that stays the same where only names of
 * variables, lines, debug information or the rest of the file change. docs/FINGERPRINTS.md tells
 * what is in it. */
#ifndef PROFINST_FINGERPRINT_H
#define PROFINST_FINGERPRINT_H

#include <llvm-c/Core.h>
#include <stdint.h>

/* For one module at a time, before any optimization, and before anything is added to it. */
void fingerprint_begin(void);
void fingerprint_end(void);

/* Of a function that the module defines; never 0. */
uint64_t fingerprint_of(LLVMValueRef function);

#endif
