/* Where a function stands in the source. */
#ifndef PROFINST_PLACE_H
#define PROFINST_PLACE_H

#include "sources.h"
#include <llvm-c/Core.h>

/* From the source, as far as it was read, and from debug information. */
struct source_place place_of(LLVMValueRef function);

#endif
