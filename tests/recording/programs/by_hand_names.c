/* Prints which of its functions are switched off. */
#include "by_hand.h"

static struct described functions[] = {
    FUNCTION(plain),
    FUNCTION(_ZN2ns1fEi),            /* ns::f(int) */
    FUNCTION(_ZN12_GLOBAL__N_11gEv), /* (anonymous namespace)::g() */
    FUNCTION(_Z1tIiEvT_),            /* void t<int>(int) */
    FUNCTION(_ZNK1AclEPFviE),        /* A::operator()(void (*)(int)) const */
    FUNCTION(_ZZ4mainENKUlvE_clEv),  /* main::{lambda()#1}::operator()() const */
    FUNCTION(_Znot_mangled),
    FUNCTION(named, .name = "A name: (with blanks)"),
    FUNCTION(inlined, .flags = PROFINST_INLINED),
    FUNCTION(external, .flags = PROFINST_EXTERNAL),
};
UNIT(functions);

int main(void)
{
    profinst_attach(&unit);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (functions[i].function.id == UINT32_MAX)
            puts(functions[i].function.linkage_name);
}
