#include "error.h"

#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "progress.h"
#include "text.h"

static void print(const char *kind, const char *what, const char *file, const char *format,
                  va_list arguments)
{
    char why[4096];
    vsnprintf(why, sizeof why, format, arguments);
    struct pool pool = {0};
    progress_hide();
    fprintf(stderr, "profinst: %s%s: %s%s%s\n", kind, what, file ? text_printable(&pool, file) : "",
            file ? ": " : "", text_printable(&pool, why));
    pool_free(&pool);
}

enum status vfail(enum status status, const char *what, const char *file, const char *format,
                  va_list arguments)
{
    print("", what, file, format, arguments);
    return status;
}

enum status fail(enum status status, const char *what, const char *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("", what, file, format, arguments);
    va_end(arguments);
    return status;
}

void warn(const char *what, const char *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("warning: ", what, file, format, arguments);
    va_end(arguments);
}

/* Must not allocate, so it does without the common path. */
_Noreturn void out_of_memory(void)
{
    progress_hide();
    fputs("profinst: out of memory: give fewer or smaller profiles at once\n", stderr);
    exit(STATUS_INTERNAL);
}
