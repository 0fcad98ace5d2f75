/* Where a function of the module is defined. */
#ifndef PROFINST_PLACE_H
#define PROFINST_PLACE_H

#include "sources.h"
#include <llvm-c/Core.h>

/* What is known of it, from the source, if that says anything (NULL: it does not), and from debug
 * information. A path made of the latter is kept in `path`. */
struct source_place place_of(LLVMValueRef function, const struct source_place *place, char *path,
                             size_t size);

#endif
