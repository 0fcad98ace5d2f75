/* The functions that a module defines or declares, as those whom its calls lead to. */
#ifndef PROFINST_CALLEES_H
#define PROFINST_CALLEES_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stdint.h>

/* Whom calls of a function may lead to that are measured, or of whom nobody knows. */
enum callee_reach {
    CALLEE_NOBODY, /* it calls none, neither by itself nor by what it calls */
    CALLEE_ONE,
    CALLEE_ANYBODY, /* several, or whom a pointer names */
};

/* One of them, or an ifunc. */
struct callee {
    LLVMValueRef function;
    enum callee_reach reach;
    LLVMValueRef one; /* of CALLEE_ONE; itself, if it is measured or nobody knows */
    uint32_t name;    /* its text in the record (choice.h), once it is `noted` */
    uint32_t flags;   /* PROFINST_SITE_LOCAL, PROFINST_SITE_LIBRARY; once it is `noted` */
    bool noted;
    /* Of CALLEE_ONE, and what is left out: whether sites tell of all its uses; see sites.c. */
    enum { CALLEE_NOT_ASKED, CALLEE_IS_TOLD, CALLEE_IS_NOT_TOLD } told;
};

/* For one module at a time, whose functions are selected. */
void callees_begin(LLVMModuleRef module);
void callees_end(void);

struct callee *callees_find(LLVMValueRef function);

/* With name and flags. */
const struct callee *callees_note(LLVMValueRef function);

bool callees_is_call(LLVMValueRef instruction);

/* What is called, behind casts and aliases: a function or an ifunc, or else assembler code, or a
 * pointer that is known when the program runs. */
LLVMValueRef callees_target(LLVMValueRef call);

/* True of a function or an ifunc. */
bool callees_is_known(LLVMValueRef target);

#endif
