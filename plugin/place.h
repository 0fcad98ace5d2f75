/* Where a function stands in the source. */
#ifndef PROFINST_PLACE_H
#define PROFINST_PLACE_H

#include "sources.h"
#include <llvm-c/Core.h>

/* From the source, as far as it was read, and from debug information. */
struct source_place place_of(LLVMValueRef function);

/* The file of a scope that is not the function's own, as the compiler was given it, as far as that
 * can be told from how it was given the function's. Kept for ever. */
const char *place_file(LLVMMetadataRef file, LLVMMetadataRef own, const char *own_path);

#endif
