/* Calls that come before the runtime is there. */
#ifndef PROFINST_EARLY_H
#define PROFINST_EARLY_H

#include "unit.h"

/* What a descriptor has behind the fields that the runtime knows. */
enum { EARLY_FIRST = 11, EARLY_FIELDS = 2 };

/* Writes the initial values of these fields. */
void early_fields(const struct unit *unit, LLVMValueRef *fields);

/* Defines what the hook of entries is at first: it counts calls in the descriptor. */
LLVMValueRef early_define(const struct unit *unit);

/* Builds code that counts no more: what is called from now on is looking for the runtime. */
void early_stop(const struct unit *unit, LLVMBuilderRef builder);

/* Builds, into the function, the calls that were counted once more, for the runtime. */
void early_repeat(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef function);

#endif
