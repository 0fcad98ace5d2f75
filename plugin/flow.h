/* Which of a function's calls must say from where they are made, because the one before on some way
 * to them was made from elsewhere. */
#ifndef PROFINST_FLOW_H
#define PROFINST_FLOW_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>

struct flow_event {
    LLVMValueRef instruction;
    const void *place; /* from where the call is made, or where the thread is then; NULL: the
                          function itself, where it begins */
    bool call;         /* otherwise the thread is there by itself */
    bool must_say;     /* of a call: the result */
};

/* The events are in the order of the function's blocks and instructions. */
void flow_settle(LLVMValueRef function, struct flow_event *events, size_t count);

#endif
