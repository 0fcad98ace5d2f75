/* Functions, and the code that they were compiled to. All of this is called within a section, under
 * the lock. */
#ifndef PROFINST_CODE_H
#define PROFINST_CODE_H

#include <stdbool.h>
#include <stdint.h>
#include "profinst_abi.h"

/* In the `id` of a descriptor: the function is switched off. */
#define PROFINST__OFF UINT32_MAX

/* What is to be known of code that has an id. */
struct profinst__code {
    uint32_t function; /* id */
    uint32_t frame_count;
    uint32_t before; /* id of the code of the function that was named before; 0: none. Not of
                        inlined code */
    bool inlined;
};

/* Of 0, which roots have: nothing but zeros. */
const struct profinst__code *profinst__code(uint32_t id);

/* The code of the function that was named last, not inlined; 0: none. */
uint32_t profinst__code_latest(uint32_t function);

/* The id of what the descriptor stands for, which it keeps; with the first call the profile gets
 * its name, and those of its frames. 0 if the profile cannot grow, or memory is out; PROFINST__OFF
 * if it is not to be recorded. */
uint32_t profinst__code_id(struct profinst_function *function);

/* Switches the function off for ever, and tells the profile if that has room. */
void profinst__code_switch_off(struct profinst_function *function);

#endif
