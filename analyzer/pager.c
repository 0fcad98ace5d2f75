#define _GNU_SOURCE
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"

/* NULL: none is wanted. */
static const char *find_pager(void)
{
    static const char *const variables[] = {"PROFINST_PAGER", "PAGER"};
    const char *pager = NULL;
    for (size_t i = 0; !pager && i < sizeof variables / sizeof *variables; i++)
        pager = getenv(variables[i]);
    if (!pager)
        return "less";
    return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

/* Behind the escape sequence that sets colours, if there is one. */
static const char *skip_escape(const char *text)
{
    return strncmp(text, "\x1B[", 2) == 0 ? text + 2 + strspn(text + 2, "0123456789;") + 1 : text;
}

/* Lines of the terminal that the text takes, which ends in a NUL; counting ends at `most`. */
static size_t count_lines(const char *text, size_t width, size_t most)
{
    size_t lines = 0;
    while (*text && lines < most) {
        const char *end = strchrnul(text, '\n');
        size_t columns = 0;
        while (text < end) {
            const char *next = skip_escape(text);
            const char *escape = strchrnul(next, '\x1B');
            escape = escape < end ? escape : end;
            columns += text_width_until(next, escape);
            text = escape;
        }
        lines += columns > width ? (columns + width - 1) / width : 1;
        text = *end ? end + 1 : end;
    }
    return lines;
}

/* In the child: becomes the pager, reading from the pipe. */
static _Noreturn void become(const char *pager, const int pipe[2])
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    dup2(pipe[0], STDIN_FILENO);
    close(pipe[0]);
    close(pipe[1]);
    setenv("LESS", "FRX", 0); /* leave short text, keep colours, do not clear the screen */
    setenv("LV", "-c", 0);
    execl("/bin/sh", "sh", "-c", pager, NULL);
    _exit(127);
}

/* False if there was no pager to be run, or if it showed nothing because of that. */
static bool show(const char *pager, const char *bytes, size_t size)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    /* These are for the pager, which shares the terminal and decides what they mean. */
    void (*interrupt)(int) = signal(SIGINT, SIG_IGN);
    void (*quit)(int) = signal(SIGQUIT, SIG_IGN);
    pid_t child = fork();
    if (child == 0)
        become(pager, ends);
    close(ends[0]);
    int state = 0;
    if (child > 0) {
        output_bytes(ends[1], bytes, size); /* one that quits early has shown enough */
        close(ends[1]);
        while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
        }
    } else {
        close(ends[1]);
    }
    signal(SIGINT, interrupt);
    signal(SIGQUIT, quit);
    return child > 0 && !(WIFEXITED(state) && WEXITSTATUS(state) >= 126);
}

enum status pager_end(struct output *output, const char *path, const struct screen *screen)
{
    const char *pager = !path && screen->pager ? find_pager() : NULL;
    if (!pager || fflush(output->stream) != 0) /* which output_end finds out again */
        return output_end(output, path);
    size_t height = screen->height ? screen->height : 24;
    if (count_lines(output->bytes, screen->width, height) < height ||
        !show(pager, output->bytes, output->size))
        return output_end(output, path);
    output_abandon(output);
    return STATUS_OK;
}
