#include "choice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

#include "memory.h"

/* A unit with a million functions has less. And nothing that is compressed like this gets larger
 * than so many times its size: what claims to is not worth the memory. */
enum { LARGEST = 256 * 1024 * 1024, MOST_COMPRESSED = 1032 };

static enum status damaged(const struct image *image, const struct selection *selection,
                           const char *what)
{
    return image_damaged(image, "selection of unit %" PRIu32 " %s", selection->unit, what);
}

static enum status unpack(void *bytes, const struct image *image, const struct selection *selection)
{
    uLongf size = selection->unpacked_size;
    uLong packed_size = selection->packed_size;
    int result = uncompress2(bytes, &size, selection->packed, &packed_size);
    if (result == Z_MEM_ERROR)
        out_of_memory();
    if (result != Z_OK || size != selection->unpacked_size || packed_size != selection->packed_size)
        return damaged(image, selection, "cannot be unpacked");
    return STATUS_OK;
}

/* Only where a string begins: so all strings together are no longer than the text, however many
 * name them. */
static bool is_string(const char *text, uint32_t text_size, uint32_t offset)
{
    return offset < text_size && (offset == 0 || text[offset - 1] == '\0');
}

static bool has_good_strings(const struct choice *choice)
{
    const uint32_t text_size = choice->text_size;
    if (text_size > 0 && choice->text[text_size - 1] != '\0')
        return false;
    for (uint32_t i = 0; i < choice->rule_count; i++)
        if (!is_string(choice->text, text_size, choice->rules[i].text) ||
            !is_string(choice->text, text_size, choice->rules[i].origin))
            return false;
    for (uint32_t i = 0; i < choice->function_count; i++)
        if (!is_string(choice->text, text_size, choice->functions[i].name) ||
            !is_string(choice->text, text_size, choice->functions[i].file))
            return false;
    for (uint32_t i = 0; i < choice->site_count; i++)
        if (!is_string(choice->text, text_size, choice->sites[i].callee) ||
            !is_string(choice->text, text_size, choice->sites[i].file))
            return false;
    return true;
}

static bool is_good_site(const struct choice *choice, const struct profinst_choice_site *site)
{
    const uint32_t known = PROFINST_SITE_LOCAL | PROFINST_SITE_POINTER | PROFINST_SITE_LIBRARY |
                           PROFINST_SITE_ELSEWHERE | PROFINST_SITE_HANDLER;
    return !(site->flags & ~known) &&
           (site->caller < choice->function_count || site->flags & PROFINST_SITE_ELSEWHERE);
}

static enum status lay_out(struct choice *choice, const struct image *image,
                           const struct selection *selection)
{
    const struct profinst_choice *head = choice->bytes;
    uint64_t rules = (uint64_t)head->rule_count * sizeof *choice->rules;
    uint64_t functions = (uint64_t)head->function_count * sizeof *choice->functions;
    uint64_t sites = (uint64_t)head->site_count * sizeof *choice->sites;
    if (sizeof *head + rules + functions + sites + head->text_size != selection->unpacked_size)
        return damaged(image, selection, "has another size than its parts");
    choice->rules = (const struct profinst_choice_rule *)(head + 1);
    choice->functions = (const struct profinst_choice_function *)(choice->rules + head->rule_count);
    choice->sites = (const struct profinst_choice_site *)(choice->functions + head->function_count);
    choice->text = (const char *)(choice->sites + head->site_count);
    choice->rule_count = head->rule_count;
    choice->function_count = head->function_count;
    choice->site_count = head->site_count;
    choice->text_size = head->text_size;
    choice->tells_sites = head->flags & PROFINST_CHOICE_SITES;
    if (!has_good_strings(choice))
        return damaged(image, selection, "has a name outside of its text");
    for (uint32_t i = 0; i < choice->function_count; i++)
        if (choice->functions[i].rule >= choice->rule_count || choice->functions[i].selected > 1)
            return damaged(image, selection, "has a function that no rule of its decided about");
    for (uint32_t i = 0; i < choice->site_count; i++)
        if (!is_good_site(choice, &choice->sites[i]))
            return damaged(image, selection, "has a call site of no function of its");
    return STATUS_OK;
}

enum status choice_open(struct choice *choice, const struct image *image,
                        const struct selection *selection)
{
    *choice = (struct choice){0};
    uint64_t size = selection->unpacked_size;
    if (size < sizeof(struct profinst_choice) || size > LARGEST ||
        size > (uint64_t)selection->packed_size * MOST_COMPRESSED)
        return image_damaged(
            image, "selection of unit %" PRIu32 " claims to unpack %" PRIu32 " bytes to %" PRIu64,
            selection->unit, selection->packed_size, size);
    choice->bytes = memory_take(size);
    enum status status = unpack(choice->bytes, image, selection);
    if (status == STATUS_OK)
        status = lay_out(choice, image, selection);
    if (status != STATUS_OK)
        choice_close(choice);
    return status;
}

void choice_close(struct choice *choice)
{
    free(choice->bytes);
    *choice = (struct choice){0};
}
