/* Building blocks for the code and data that a unit carries. */
#ifndef PROFINST_EMIT_H
#define PROFINST_EMIT_H

#include "profinst_abi.h"
#include "unit.h"

/* A calling convention: the callee keeps registers, but those for floats (llvm/IR/CallingConv.h).
 */
enum { emit_preserve_most = 14 };

/* A function's type with one parameter, or none if NULL. */
LLVMTypeRef emit_function_type(LLVMTypeRef result, LLVMTypeRef parameter);

LLVMValueRef emit_integer(const struct unit *unit, uint64_t value);

/* A constant pointer as another type of pointer; LLVM has had only one since 17. */
LLVMValueRef emit_as(LLVMTypeRef type, LLVMValueRef constant);

/* A pointer to a copy of the string, or of the bytes. */
LLVMValueRef emit_text(const struct unit *unit, const char *string);
LLVMValueRef emit_bytes(const struct unit *unit, const uint8_t *bytes, uint32_t size);

/* The name of a global that is shared by the units of a loaded object. The number is that of the
 * layouts, the runtime's and the plugin's own (early.c): units of different plugins never share. */
#define EMIT_SHARED(name) "__profinst_" name EMIT_NUMBER(PROFINST_ABI_VERSION)
#define EMIT_NUMBER(number) EMIT_NUMBER_AS_IT_IS(number)
#define EMIT_NUMBER_AS_IT_IS(number) "_" #number

/* Makes a global of such a name one of a kind: the linker keeps that of one unit. */
void emit_shared(const struct unit *unit, LLVMValueRef global, const char *name);

/* A new function, without a body yet. */
LLVMValueRef emit_function(const struct unit *unit, const char *name, LLVMTypeRef type);

/* A builder in a new block of the function; owned by the caller. */
LLVMBuilderRef emit_body(const struct unit *unit, LLVMValueRef function);

/* Goes to a new block if the value is not null; the builder then stands in the one for null. The
 * other is returned. */
LLVMBasicBlockRef emit_branch_unless_null(const struct unit *unit, LLVMBuilderRef builder,
                                          LLVMValueRef function, LLVMValueRef value);

/* A call that never unwinds, so that nothing need be prepared for it. */
LLVMValueRef emit_call(const struct unit *unit, LLVMBuilderRef builder, LLVMTypeRef type,
                       LLVMValueRef function, LLVMValueRef *arguments, unsigned count);

/* Keeps sanitizers from looking at an instruction. Returns it. */
LLVMValueRef emit_unsanitized(const struct unit *unit, LLVMValueRef instruction);

struct emit_operand {
    LLVMValueRef value;
    LLVMTypeRef in_memory; /* of what it points to, if that is the operand; otherwise NULL */
};

/* Assembler code of AT&T syntax, that has effects nobody sees and is no sanitizer's business; four
 * operands at most. */
LLVMValueRef emit_asm(const struct unit *unit, LLVMBuilderRef builder, const char *code,
                      const char *constraints, LLVMTypeRef result,
                      const struct emit_operand *operands, unsigned count);

/* Puts the builder at the entry of a function, behind its variables, with the line of its head. */
void emit_at_entry(LLVMBuilderRef builder, LLVMValueRef function);

#endif
