#define _GNU_SOURCE
#include "select.h"
#include "attribute.h"
#include "bridge.h"
#include "choice.h"
#include "fingerprint.h"
#include "note.h"
#include "options.h"
#include "place.h"
#include "rules.h"
#include "sites.h"
#include "sources.h"
#include <stdlib.h>
#include <string.h>

/* An attribute of the function's own. */
static const char mark[] = "profinst-selected";

static LLVMModuleRef decided;
static bool own_sources;

/* ---- reasons of profinst's own ------------------------------------------------------------ */

enum reason {
    BY_DEFAULT,
    BY_NEVER,
    BY_NO_INSTRUMENT,
    BY_XRAY_NEVER,
    BY_ALWAYS,
    BY_XRAY_ALWAYS,
    BY_FOREIGN,
    BY_NAKED,
    BY_INTERRUPT,
    BY_RESOLVER,
    REASONS,
};

static struct rule reasons[REASONS] = {
    [BY_DEFAULT] = {.text = "default", .selects = true},
    [BY_NEVER] = {.text = "PROFINST_NEVER"},
    [BY_NO_INSTRUMENT] = {.text = "attribute no_instrument_function"},
    [BY_XRAY_NEVER] = {.text = "attribute xray_never_instrument"},
    [BY_ALWAYS] = {.text = "PROFINST_ALWAYS", .selects = true},
    [BY_XRAY_ALWAYS] = {.text = "attribute xray_always_instrument", .selects = true},
    [BY_FOREIGN] = {.text = "not defined in the program's own sources"},
    [BY_NAKED] = {.text = "cannot be hooked: naked"},
    [BY_INTERRUPT] = {.text = "cannot be hooked: interrupt handler"},
    [BY_RESOLVER] = {.text = "cannot be hooked: resolver of an ifunc"},
};

/* Runs while the dynamic linker is at work: nothing it would call is there yet. */
bool select_is_resolver(LLVMModuleRef module, LLVMValueRef function)
{
    for (LLVMValueRef ifunc = LLVMGetFirstGlobalIFunc(module); ifunc;
         ifunc = LLVMGetNextGlobalIFunc(ifunc)) {
        LLVMValueRef resolver = LLVMGetGlobalIFuncResolver(ifunc);
        while (LLVMIsAConstantExpr(resolver))
            resolver = LLVMGetOperand(resolver, 0);
        if (resolver == function)
            return true;
    }
    return false;
}

/* Why hooks cannot be; BY_DEFAULT: they can. */
static enum reason obstacle(LLVMModuleRef module, LLVMValueRef function)
{
    enum { X86_INTERRUPT = 83 }; /* llvm/IR/CallingConv.h: may not call ordinary functions */
    if (attribute_present(function, "naked"))
        return BY_NAKED;
    if (LLVMGetFunctionCallConv(function) == X86_INTERRUPT)
        return BY_INTERRUPT;
    return select_is_resolver(module, function) ? BY_RESOLVER : BY_DEFAULT;
}

static enum reason reason_of_wish(enum source_wish wish)
{
    switch (wish) {
    case SOURCE_NO_WISH:
        break;
    case SOURCE_XRAY_ALWAYS:
        return BY_XRAY_ALWAYS;
    case SOURCE_ALWAYS:
        return BY_ALWAYS;
    case SOURCE_XRAY_NEVER:
        return BY_XRAY_NEVER;
    case SOURCE_NO_INSTRUMENT:
        return BY_NO_INSTRUMENT;
    case SOURCE_NEVER:
        return BY_NEVER;
    }
    return BY_DEFAULT;
}

/* ---- decisions ---------------------------------------------------------------------------- */

static uint32_t size_of(LLVMValueRef function)
{
    uint32_t size = 0;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            size += !note_is(instruction);
    return size;
}

/* The last of the given rules that fits; NULL: none does. */
static const struct rule *given_rule(LLVMModuleRef module, LLVMValueRef function, const char *name,
                                     const struct source_place *place, uint32_t size)
{
    if (rules_count() == 0)
        return NULL;
    size_t length, shown = 0;
    const struct bridge_names names = bridge_demangle(name);
    struct candidate candidate = {
        .linkage_name = name,
        .file = place->file,
        .main_file = LLVMGetSourceFileName(module, &length),
        .size = size,
        .has_loop = bridge_has_loop(function),
    };
    const char *const all[] = {names.full, names.plain, place->name};
    for (size_t i = 0; i < 3; i++)
        if (all[i])
            candidate.shown[shown++] = all[i];
    const struct rule *rule = rules_decide(&candidate);
    free(names.full);
    free(names.plain);
    return rule;
}

static const struct rule *own_rule(enum reason reason)
{
    reasons[reason].matched++;
    return &reasons[reason];
}

/* An obstacle is stronger than what the source says, and that than rules. */
static const struct rule *decide(LLVMModuleRef module, LLVMValueRef function, const char *name,
                                 const struct source_place *place, uint32_t size)
{
    if (sources_known() && !sources_find(name))
        return own_rule(BY_FOREIGN);
    own_sources = true;
    const struct rule *given = given_rule(module, function, name, place, size);
    enum reason reason = obstacle(module, function);
    if (reason == BY_DEFAULT)
        reason = reason_of_wish(place->wish);
    return reason == BY_DEFAULT && given ? given : own_rule(reason);
}

static void select_function(LLVMModuleRef module, LLVMValueRef function)
{
    size_t length;
    char *name = sources_name(LLVMGetValueName2(function, &length));
    const struct source_place place = place_of(function);
    const uint32_t size = size_of(function);
    const struct rule *rule = decide(module, function, name, &place, size);
    if (rule->selects)
        LLVMAddAttributeAtIndex(
            function, attribute_of_function,
            LLVMCreateStringAttribute(LLVMGetModuleContext(module), mark, strlen(mark), "", 0));
    /* The definition of what is at hand for inlining only is another unit's. */
    if (LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage)
        choice_add(name, &place, rule, size, rule->selects ? fingerprint_of(function) : 0);
    free(name);
}

void select_module(LLVMModuleRef module)
{
    if (!options_known())
        bridge_read_environment(module);
    for (size_t i = 0; i < REASONS; i++) {
        reasons[i].form = reasons[i].origin = "";
        reasons[i].matched = 0;
    }
    decided = module;
    own_sources = false;
    rules_reset();
    choice_begin();
    fingerprint_begin();
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        if (!LLVMIsDeclaration(f))
            select_function(module, f);
    fingerprint_end();
    sites_collect(module);
    choice_end(reasons, REASONS);
}

bool select_chose(LLVMValueRef function)
{
    return LLVMGetStringAttributeAtIndex(function, attribute_of_function, mark, strlen(mark)) !=
           NULL;
}

bool select_concerns(LLVMModuleRef module)
{
    return decided == module && own_sources;
}

void select_forget(void)
{
    decided = NULL;
}

bool select_done(LLVMModuleRef module)
{
    bool done = decided == module;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f && !done; f = LLVMGetNextFunction(f))
        done = select_chose(f);
    return done;
}
