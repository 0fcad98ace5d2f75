/* How instrumented code finds the runtime. */
#ifndef PROFINST_FINDER_H
#define PROFINST_FINDER_H

#include "unit.h"

/* Defines a function that returns the runtime's profinst_attach, or one that does nothing after it
 * has said on standard error that there is none. */
LLVMValueRef finder_define(const struct unit *unit);

#endif
