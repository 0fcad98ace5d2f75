/* Calls of functions that the module only declares are recorded by the caller. Which of the
 * functions are outside of the build is known at run time alone: there descriptors of those that
 * units define are switched off, so each unit tells what it defines.
 *
 * Only calls by name are recorded so. What is called through a pointer, and has no hooks, spends
 * its caller's time. */
#ifndef PROFINST_EXTERNAL_H
#define PROFINST_EXTERNAL_H

#include "unit.h"

/* Forgets the functions of a module before. */
void external_begin(void);

/* True if the instruction is such a call, and the user wants it recorded. */
bool external_is(LLVMValueRef instruction);

/* Builds hooks around such a call; around all there are in a function with hooks. Adds
 * descriptors. */
void external_record_call(struct unit *unit, LLVMValueRef call);
void external_record(struct unit *unit, LLVMValueRef function);

/* Describes a function without hooks, alias or ifunc, if other modules may call it; does so with
 * all aliases and ifuncs of the module. */
void external_claim(struct unit *unit, LLVMValueRef defined);
void external_claim_aliases(struct unit *unit);

#endif
