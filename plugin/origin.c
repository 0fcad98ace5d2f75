#include "origin.h"
#include <llvm-c/DebugInfo.h>
#include <stdbool.h>
#include <string.h>

static LLVMModuleRef tracked;

static LLVMMetadataRef make_file(LLVMDIBuilderRef builder, LLVMModuleRef module)
{
    size_t length;
    const char *name = LLVMGetSourceFileName(module, &length);
    return LLVMDIBuilderCreateFile(builder, name, length, "", 0);
}

/* "None": no debug information is written for it. */
static void make_unit(LLVMDIBuilderRef builder, LLVMMetadataRef file)
{
    LLVMDIBuilderCreateCompileUnit(builder, LLVMDWARFSourceLanguageC99, file, "", 0, true, "", 0, 0,
                                   "", 0, LLVMDWARFEmissionNone, 0, false, false, "", 0, "", 0);
}

static LLVMMetadataRef make_subprogram(LLVMDIBuilderRef builder, LLVMMetadataRef file,
                                       LLVMValueRef function)
{
    size_t length;
    const char *name = LLVMGetValueName2(function, &length);
    LLVMMetadataRef type =
        LLVMDIBuilderCreateSubroutineType(builder, file, NULL, 0, LLVMDIFlagZero);
    return LLVMDIBuilderCreateFunction(builder, file, name, length, name, length, file, 0, type,
                                       true, true, 0, LLVMDIFlagZero, true);
}

static void locate_calls(LLVMValueRef function, LLVMMetadataRef location)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (LLVMIsACallInst(instruction) || LLVMIsAInvokeInst(instruction))
                LLVMInstructionSetDebugLoc(instruction, location);
}

void origin_begin(LLVMModuleRef module)
{
    tracked = NULL;
    if (LLVMGetNamedMetadata(module, "llvm.dbg.cu", strlen("llvm.dbg.cu")))
        return;
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMDIBuilderRef builder = LLVMCreateDIBuilder(module);
    LLVMMetadataRef file = make_file(builder, module);
    make_unit(builder, file);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        if (!LLVMIsDeclaration(f)) {
            LLVMMetadataRef subprogram = make_subprogram(builder, file, f);
            LLVMSetSubprogram(f, subprogram);
            locate_calls(f, LLVMDIBuilderCreateDebugLocation(context, 0, 0, subprogram, NULL));
        }
    LLVMDIBuilderFinalize(builder);
    LLVMDisposeDIBuilder(builder);
    tracked = module;
}

void origin_end(LLVMModuleRef module)
{
    if (tracked == module)
        LLVMStripModuleDebugInfo(module);
    tracked = NULL;
}
