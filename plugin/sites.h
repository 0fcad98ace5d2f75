/* Where in the source selected functions call others. */
#ifndef PROFINST_SITES_H
#define PROFINST_SITES_H

#include <llvm-c/Core.h>

/* Adds all that the module has to the record (choice.h), whose functions are there already; nothing
 * without debug information. To be run before any optimization. */
void sites_collect(LLVMModuleRef module);

#endif
