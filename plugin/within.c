#define _GNU_SOURCE
#include "within.h"
#include "linkage.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

/* Of a function f, names of local globals begin with "f.". Of _Z1fv, others have "Z1fvE" in them:
 * https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangle.local-name */
static char *start, *part;

static const char *name_of(LLVMValueRef global)
{
    size_t length;
    return LLVMGetValueName2(global, &length);
}

void within_begin(LLVMValueRef function)
{
    within_end();
    const char *name = name_of(function);
    int result = asprintf(&start, "%s.", name);
    if (*name == '\1') /* LLVM is to take it as it is */
        name++;
    const int length = (int)strcspn(name, "."); /* without suffixes of the compiler */
    if (result >= 0 && text_starts(name, "_Z"))
        result = asprintf(&part, "Z%.*sE", length - 2, name + 2);
    else if (result >= 0)
        result = asprintf(&part, "Z%d%.*sE", length, length, name);
    if (result < 0)
        abort(); /* as LLVM does without memory */
}

void within_end(void)
{
    free(start);
    free(part);
    start = part = NULL;
}

/* f.n, f.n.17, __const.f.n; _ZZ1fvE1n, and what guards it, and what a reference is bound to. */
bool within_is_variable(LLVMValueRef global)
{
    static const char constant[] = "__const.";
    static const char *const kinds[] = {"_Z", "_ZGV", "_ZGR"};
    const char *name = name_of(global);
    if (!LLVMIsAGlobalVariable(global))
        return false;
    if (linkage_is_local(global) &&
        text_starts(text_starts(name, constant) ? name + strlen(constant) : name, start))
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts(name, kinds[i]) && text_starts(name + strlen(kinds[i]), part))
            return true;
    return false;
}

char *within_name(LLVMValueRef global)
{
    const char *name = name_of(global);
    const bool has_start = linkage_is_local(global) && text_starts(name, start);
    if (!has_start && !(text_starts(name, "_Z") && strstr(name, part)))
        return NULL;
    char *rest = strdup(has_start ? name + strlen(start) : name);
    if (!rest)
        abort();
    for (char *found; (found = strstr(rest, part));)
        memmove(found, found + strlen(part), strlen(found + strlen(part)) + 1);
    return rest;
}
