#define _GNU_SOURCE
#include "path.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_TRIED = 1000 };

static char folder[PATH_MAX]; /* with a slash; empty: the pattern is absolute */
static char pattern[PATH_MAX];
static char path[PATH_MAX];

/* Appends to a text that is being built. One that does not fit becomes as long as fits, which is
 * longer than open(2) takes. */
static void append(char *text, const char *more)
{
    size_t used = strnlen(text, PATH_MAX - 1);
    size_t length = strnlen(more, PATH_MAX - 1 - used);
    memcpy(text + used, more, length);
    text[used + length] = '\0';
}

static void append_number(char *text, unsigned number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    append(text, digits);
}

void profinst__path_remember(const char *wanted)
{
    if (wanted[0] != '/' && profinst__system.getcwd(folder, sizeof folder))
        append(folder, "/");
    append(pattern, wanted);
}

static void expand(unsigned attempt)
{
    path[0] = '\0';
    append(path, folder);
    for (const char *p = pattern; *p; p++) {
        const char one[2] = {*p, '\0'};
        if (p[0] == '%' && p[1] == 'p')
            append_number(path, (unsigned)getpid());
        else if (p[0] == '%' && p[1] == 'n')
            append(path, program_invocation_short_name);
        else
            append(path, one);
        if (p[0] == '%' && (p[1] == 'p' || p[1] == 'n' || p[1] == '%'))
            p++;
    }
    if (attempt == 0)
        return;
    char *base = strrchr(path, '/');
    char *dot = strrchr(base ? base : path, '.');
    static char ending[PATH_MAX]; /* not on the stack, which is that of whoever calls fork */
    ending[0] = '\0';
    if (dot) {
        append(ending, dot);
        *dot = '\0';
    }
    append(path, ".");
    append_number(path, attempt);
    append(path, ending);
}

/* /dev/null, say: nobody who names it wants a file beside it. Keeps errno. */
static bool is_device(void)
{
    struct stat status;
    int error = errno;
    bool device = profinst__system.lstat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
                  !S_ISLNK(status.st_mode) && !S_ISDIR(status.st_mode);
    errno = error;
    return device;
}

int profinst__path_open_new(void)
{
    for (unsigned attempt = 0; attempt < NAMES_TRIED; attempt++) {
        expand(attempt);
        int descriptor =
            profinst__system.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (descriptor >= 0 || errno != EEXIST || is_device())
            return descriptor;
    }
    return -1;
}

const char *profinst__path(void)
{
    return path;
}
