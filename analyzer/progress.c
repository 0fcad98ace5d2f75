#define _GNU_SOURCE
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "moment.h"
#include "text.h"

enum { DELAY_MS = 500, AGAIN_MS = 100, BAR_WIDTH = 30, SELDOM = 4096 };

static struct {
    const char *what; /* NULL: there is no work, or nobody to be told */
    double from, to;  /* the part of it that steps are of */
    double told;      /* the furthest so far: it never goes back */
    int64_t next_ms;  /* when it is told again */
    bool shown;
    uint64_t bytes, bytes_done, bytes_now; /* of files: all, of those done, of the one at hand */
} work;

static int64_t now_ms(void)
{
    return moment_monotonic_ns() / 1000000;
}

/* -1: it is not wanted. */
static int64_t delay_ms(void)
{
    const char *terminal = getenv("TERM"), *wanted = getenv("PROFINST_PROGRESS");
    if (!isatty(STDERR_FILENO) || !terminal || strcmp(terminal, "dumb") == 0)
        return -1;
    if (!wanted || !*wanted)
        return DELAY_MS;
    char *end;
    long delay = strtol(wanted, &end, 10);
    return *end || delay < 0 ? -1 : delay;
}

void progress_begin(const char *what)
{
    int64_t delay = delay_ms();
    memset(&work, 0, sizeof work);
    work.to = 1;
    if (delay < 0)
        return;
    work.what = what;
    work.next_ms = now_ms() + delay;
}

void progress_hide(void)
{
    if (work.shown)
        fputs("\r\x1B[K", stderr);
    work.shown = false;
}

void progress_end(void)
{
    progress_hide();
    work.what = NULL;
}

/* The steps that follow are this part of the work, 0 to 1; all of it unless said. */
static void progress_part(double from, double to)
{
    work.from = from;
    work.to = to;
}

static void show(void)
{
    struct winsize window = {0};
    struct pool pool = {0};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &window);
    size_t room = window.ws_col > 0 ? window.ws_col : 80, bar = BAR_WIDTH, others = 8;
    while (bar > 0 && bar + others + strlen(work.what) > room)
        bar--;
    const char *text = text_bar(&pool, work.told, bar);
    text = pool_format(&pool, "%s  %s%*s  %3.0f %%", work.what, text, (int)(bar - text_width(text)),
                       "", 100 * work.told);
    fprintf(stderr, "\r%s\x1B[K", text_cut(&pool, text, room > 1 ? room - 1 : 1));
    fflush(stderr);
    pool_free(&pool);
    work.shown = true;
}

void progress_step(uint64_t done, uint64_t count)
{
    if (!work.what || (count > SELDOM && done % SELDOM != 0))
        return;
    double share = count ? (double)done / (double)count : 1;
    double at = work.from + (work.to - work.from) * share;
    work.told = at > work.told ? at : work.told;
    int64_t now = now_ms();
    if (now < work.next_ms)
        return;
    work.next_ms = now + AGAIN_MS;
    show();
}

static uint64_t size_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && about.st_size > 0 ? (uint64_t)about.st_size : 0;
}

void progress_begin_files(const char *what, char *const *paths, size_t count)
{
    progress_begin(what);
    for (size_t i = 0; work.what && i < count; i++)
        work.bytes += size_of(paths[i]);
}

static void next(uint64_t size)
{
    work.bytes_done += work.bytes_now;
    work.bytes_now = size;
    progress_file_part(0, 1);
    progress_step(0, 1);
}

void progress_next_file(const char *path)
{
    if (work.what)
        next(size_of(path));
}

void progress_begin_parts(const char *what, uint64_t count)
{
    progress_begin(what);
    work.bytes = count;
}

void progress_next_part(void)
{
    if (work.what)
        next(1);
}

void progress_file_part(double from, double to)
{
    double all = work.bytes > 0 ? (double)work.bytes : 1;
    double done = (double)work.bytes_done, now = (double)work.bytes_now;
    progress_part((done + from * now) / all, (done + to * now) / all);
}
