/* Where instructions come from, after functions have been inlined: debug information tells, and
 * where the user wants none, it is made for the time being. */
#ifndef PROFINST_ORIGIN_H
#define PROFINST_ORIGIN_H

#include <llvm-c/Core.h>

/* Before any optimization: gives every function and call of the module a location, unless it has
 * debug information. */
void origin_begin(LLVMModuleRef module);

/* Takes that away again. */
void origin_end(LLVMModuleRef module);

#endif
