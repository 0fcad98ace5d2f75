/* What profinst says when something is wrong, and how it ends then.
 *
 * Every message has one form: "profinst: WHAT FAILED: FILE: WHY; WHAT TO DO". Functions that can
 * fail print the message where they know the most, and return the status; callers pass it on. */
#ifndef PROFINST_ANALYZER_ERROR_H
#define PROFINST_ANALYZER_ERROR_H

#include <stdarg.h>

/* Exit codes; --help documents them. */
enum status {
    STATUS_OK = 0,
    STATUS_USAGE = 2,    /* unknown option, format, ending; missing argument */
    STATUS_INPUT = 3,    /* a profile, database or configuration cannot be read or is not valid */
    STATUS_OUTPUT = 4,   /* output cannot be written */
    STATUS_INTERNAL = 5, /* out of memory, or a defect of profinst */
    STATUS_UNMADE = -1,  /* no exit code: see profile_open; nothing has been printed */
};

/* Prints the message and returns `status`. The format holds the why and the what to do. `file` may
 * be NULL where no file is concerned. Control characters are shown, never sent. */
enum status fail(enum status status, const char *what, const char *file, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
enum status vfail(enum status status, const char *what, const char *file, const char *format,
                  va_list arguments) __attribute__((format(printf, 4, 0)));

/* The same form with "warning: " in front; the command goes on. */
void warn(const char *what, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints and exits. */
_Noreturn void out_of_memory(void);

#endif
