/* What the plugin chose in one translation unit, unpacked from a profile and checked. */
#ifndef PROFINST_ANALYZER_CHOICE_H
#define PROFINST_ANALYZER_CHOICE_H

#include "image.h"

/* Every offset in `text` names a string that ends, every rule is one of those. */
struct choice {
    void *bytes;
    const struct profinst_choice_rule *rules;
    const struct profinst_choice_function *functions;
    const char *text;
    uint32_t rule_count, function_count;
};

/* On failure the message is printed and nothing is owned. */
enum status choice_open(struct choice *choice, const struct image *image,
                        const struct selection *selection);
void choice_close(struct choice *choice);

#endif
