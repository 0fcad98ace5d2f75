/* The hooks of inlined code; profinst_abi.h says what they promise. */
#ifndef PROFINST_INLINING_H
#define PROFINST_INLINING_H

#include "profinst_abi.h"

void profinst__frame(struct profinst_node *own, struct profinst_function *inlined);
void *profinst__step_in(struct profinst_function *inlined);
void profinst__step_out(void *place);
void profinst__count(struct profinst_function *inlined, uint64_t calls);

#endif
