/* What the plugin chose in one translation unit, unpacked from a profile and checked. */
#ifndef PROFINST_ANALYZER_CHOICE_H
#define PROFINST_ANALYZER_CHOICE_H

#include "image.h"

/* Every offset in `text` names a string that ends, every rule and every caller of a site is one of
 * those. */
struct choice {
    void *bytes;
    const struct profinst_choice_rule *rules;
    const struct profinst_choice_function *functions;
    const struct profinst_choice_site *sites;
    const char *text;
    uint32_t rule_count, function_count, site_count, text_size;
    bool tells_sites; /* otherwise there is no debug information */
};

/* On failure the message is printed and nothing is owned. */
enum status choice_open(struct choice *choice, const struct image *image,
                        const struct selection *selection);
void choice_close(struct choice *choice);

/* What a function was compiled from; 0: unknown, as it is not selected. */
static inline uint64_t choice_fingerprint(const struct profinst_choice_function *function)
{
    return (uint64_t)function->fingerprint_high << 32 | function->fingerprint_low;
}

#endif
