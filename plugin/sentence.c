#define _GNU_SOURCE
#include "sentence.h"
#include <stdio.h>
#include <stdlib.h>

char *sentence_of(const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        abort(); /* as LLVM does */
    return text;
}

char *sentence(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = sentence_of(format, arguments);
    va_end(arguments);
    return text;
}
