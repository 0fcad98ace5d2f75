/* The line between the plugin's C and its one C++ file. Above: what the bridge calls. Below: what
 * LLVM and clang offer in C++ alone. */
#ifndef PROFINST_BRIDGE_H
#define PROFINST_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <llvm-c/Core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes one argument, NAME=VALUE. If it is not a good one, writes a sentence to `problem` and
 * returns false. (options.c) */
bool profinst_option(const char *argument, char *problem, size_t size);

/* True if functions from system headers are hooked too. (options.c) */
bool profinst_wants_system_headers(void);

/* Notes that the source defines a function that may be hooked, and where. `begin` forgets those of
 * a translation unit before. The strings are copied. (sources.c) */
void profinst_sources_begin(void);
void profinst_sources_add(const char *linkage_name, const char *file, unsigned line);

/* Before any optimization: selects functions, and marks where they begin. (instrument.c) */
void profinst_prepare(LLVMModuleRef module);

/* Puts hooks into the module's functions; true if it changed anything. (instrument.c) */
bool profinst_instrument(LLVMModuleRef module);

/* ------------------------------------------------------------------------------------------- */

/* How control leaves a function: it returns or unwinds, or calls another in its place. */
enum bridge_exit { BRIDGE_RETURN, BRIDGE_TAIL_CALL };

/* Whether a callee is hooked. Of one that is or may be defined elsewhere, or called through a
 * pointer, nobody knows for sure. */
enum bridge_callee { BRIDGE_HOOKED, BRIDGE_UNHOOKED, BRIDGE_UNKNOWN };

/* Calls `visit` once for every way out of the function, with a builder that stands right before
 * it: each return, each tail call, and, where the function may throw, unwinding. For the last
 * the function's calls are made to unwind into a cleanup.
 *
 * Tail calls are those that must be (unless the callee is unhooked), and those that may be, if the
 * callee is hooked. They stay what they are; other calls that may be are tail calls no more. */
void bridge_each_exit(LLVMValueRef function,
                      enum bridge_callee (*callee)(LLVMValueRef called, void *data),
                      void (*visit)(LLVMBuilderRef builder, enum bridge_exit how, void *data),
                      void *data);

/* The function that a location of debug information is in. */
LLVMMetadataRef bridge_subprogram(LLVMMetadataRef location);

/* Its linkage name, or its name if it has none. */
const char *bridge_linkage_name(LLVMMetadataRef subprogram, size_t *length);

/* True if the function is one of libc or the like, as far as LLVM knows them. */
bool bridge_is_library_function(LLVMValueRef function);

bool bridge_is_must_tail(LLVMValueRef call);

/* A builder right behind the call, where it returns to; owned by the caller. NULL if it never
 * does. */
LLVMBuilderRef bridge_behind(LLVMValueRef call);

/* A builder in a new block that is run before the instruction, if the pointer is not null; owned by
 * the caller. The test gets the kind of metadata. */
LLVMBuilderRef bridge_if(LLVMValueRef pointer, LLVMValueRef before, unsigned metadata);

/* Adds a constructor to the module. */
void bridge_add_constructor(LLVMModuleRef module, LLVMValueRef function, int priority);

#ifdef __cplusplus
}
#endif
#endif
