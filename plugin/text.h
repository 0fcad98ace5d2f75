/* Texts. */
#ifndef PROFINST_TEXT_H
#define PROFINST_TEXT_H

#include <stdbool.h>
#include <string.h>

static inline bool text_starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

#endif
