/* What a translation unit brings along. */
#ifndef PROFINST_UNIT_H
#define PROFINST_UNIT_H

#include "profinst_abi.h"

static inline struct profinst_function *profinst__unit_function(const struct profinst_unit *unit,
                                                                uint64_t index)
{
    return (struct profinst_function *)((char *)unit->functions + index * PROFINST_FUNCTION_STRIDE);
}

/* Takes in what the unit says: its functions are switched off as PROFINST_FILTER wants it, and its
 * selection is kept. Called within a section, before the unit's hooks are filled in. */
void profinst__unit_attach(struct profinst_unit *unit);

#endif
