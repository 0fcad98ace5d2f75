/* What is wrong, in words. */
#ifndef PROFINST_SENTENCE_H
#define PROFINST_SENTENCE_H

#include <stdarg.h>

/* Like printf, to a new string. */
char *sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *sentence_of(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

#endif
