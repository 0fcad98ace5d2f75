/* The line between the plugin's C and its one C++ file. Above: what the bridge calls. Below: what
 * LLVM and clang offer in C++ alone. */
#ifndef PROFINST_BRIDGE_H
#define PROFINST_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <llvm-c/Core.h>
#include "sources.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Forgets all arguments. Then takes one at a time, NAME=VALUE, and where it was given; returns
 * NULL, or a sentence that says what is wrong, owned by the caller. (options.c) */
void profinst_options_begin(void);
char *profinst_option(const char *argument, const char *origin);

/* True if functions from system headers may be selected too. (options.c) */
bool profinst_wants_system_headers(void);

/* Notes that the source defines a function, where, and what it says about it. `begin` forgets those
 * of a translation unit before. The strings are copied. (sources.c) */
void profinst_sources_begin(void);
void profinst_sources_add(const char *linkage_name, const struct source_place *place);

/* Before any optimization: selects functions, and marks where they begin. (instrument.c) */
void profinst_prepare(LLVMModuleRef module);

/* True if the instruction is a probe: see probe.h. (probe.c) */
bool profinst_is_probe(LLVMValueRef instruction);

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

/* True of a tail call behind which the function only returns, if it comes back at all. */
bool bridge_is_last(LLVMValueRef call);

/* A builder right behind the call, where it returns to; owned by the caller. NULL if it never
 * does. */
LLVMBuilderRef bridge_behind(LLVMValueRef call);

/* A builder where the invoke lands when it unwinds, and nothing else does; owned by the caller. */
LLVMBuilderRef bridge_landing(LLVMValueRef invoke);

/* Two new blocks before the instruction: one is run if the pointer is not null, the other if it is.
 * The builders are owned by the caller. The test gets the kind of metadata. */
struct bridge_branches {
    LLVMBuilderRef then, otherwise;
};
struct bridge_branches bridge_if_not_null(LLVMValueRef pointer, LLVMValueRef before,
                                          unsigned metadata);

/* A new block before the instruction, which is run if the condition is true, but hardly ever is.
 * The builder is owned by the caller. The test gets the kind of metadata. */
LLVMBuilderRef bridge_if_rarely(LLVMValueRef condition, LLVMValueRef before, unsigned metadata);

/* Adds a constructor to the module. */
void bridge_add_constructor(LLVMModuleRef module, LLVMValueRef function, int priority);

/* Reads PROFINST_PLUGIN_ARGS, where clang does not hand arguments over: what is wrong with them is
 * an error of the module's context. */
void bridge_read_environment(LLVMModuleRef module);

/* How many letters two words differ in. */
unsigned bridge_distance(const char *a, const char *b);

/* What people call a function of C++: with parameters and all, and without. Both NULL for others,
 * owned by the caller. */
struct bridge_names {
    char *full, *plain;
};
struct bridge_names bridge_demangle(const char *linkage_name);

/* True if the function's code has a loop. */
bool bridge_has_loop(LLVMValueRef function);

/* What an instruction says besides its opcode, types and operands: flags, predicate, alignment,
 * order of memory, convention of a call and so on. */
uint64_t bridge_details(LLVMValueRef instruction);

/* Hands over the bytes that a constant consists of: of a number, of numbers in a row, or of
 * assembler code, in several parts. None of others. */
void bridge_literal(LLVMValueRef constant, void (*take)(const void *bytes, size_t size, void *data),
                    void *data);

/* Takes a computation of an address apart, an instruction or a constant of the function's: how many
 * bytes it is off for sure, and each index that counts so many more. False if that is not known. */
bool bridge_offsets(LLVMValueRef function, LLVMValueRef address, int64_t *constant,
                    void (*index)(LLVMValueRef index, int64_t stride, void *data), void *data);

/* The value of a case of a switch, which LLVM 22 keeps out of the operands. */
LLVMValueRef bridge_case(LLVMValueRef instruction, unsigned index);

/* The block that the address of a label is of. */
LLVMBasicBlockRef bridge_label(LLVMValueRef address);

#ifdef __cplusplus
}
#endif
#endif
