/* Calls of hooks at the places that every call of a function goes through. On x86-64 hooked code
 * looks first whether it can do without the hook: see struct profinst_node. */
#ifndef PROFINST_SHORTCUT_H
#define PROFINST_SHORTCUT_H

#include "unit.h"

/* What a function keeps of its own call. */
struct shortcut_call {
    LLVMValueRef caller, own; /* struct profinst_place */
    LLVMValueRef start;       /* address of a struct profinst_start */
    bool stays;               /* it calls nobody who could take it to another thread */
};

/* Defines what the others call when there is a hook to call. */
void shortcut_define(struct unit *unit);

/* Room for a struct profinst_start in the function's frame. */
LLVMValueRef shortcut_start(const struct unit *unit, LLVMValueRef function);

/* Builds the entry of the function with this descriptor. The builder stands behind it afterwards.
 */
struct shortcut_call shortcut_enter(const struct unit *unit, LLVMBuilderRef builder,
                                    LLVMValueRef function, LLVMValueRef descriptor);

/* Builds a return. */
void shortcut_leave(const struct unit *unit, LLVMBuilderRef builder,
                    const struct shortcut_call *call);

/* Builds the hook `frame`; `descriptor` is NULL where the function itself makes the call. */
void shortcut_frame(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef own,
                    LLVMValueRef descriptor);

#endif
