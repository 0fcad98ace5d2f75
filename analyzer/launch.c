#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "memory.h"
#include "moment.h"

enum { LIMIT_MS = 1000 };

static const int caught[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
enum { CAUGHT = sizeof caught / sizeof *caught };

static struct sigaction former[CAUGHT];
static volatile sig_atomic_t latest;  /* signal that came */
static volatile sig_atomic_t running; /* process; 0: none */
static int depth;                     /* of launch_begin */

/* ---- signals ------------------------------------------------------------------------------- */

/* What the system sends, the terminal's signals, the program gets as well. What others send may be
 * meant for profinst alone: one too many does less harm than one too few. */
static void receive(int number, siginfo_t *about, void *context)
{
    int error = errno;
    (void)context;
    latest = number;
    if (running && about->si_code != SI_KERNEL)
        kill(running, number);
    errno = error;
}

void launch_begin(void)
{
    struct sigaction action = {.sa_sigaction = receive, .sa_flags = SA_SIGINFO};
    if (depth++ > 0)
        return;
    latest = 0;
    for (int i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &former[i]);
        if (former[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

void launch_end(void)
{
    if (--depth > 0)
        return;
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &former[i], NULL);
}

int launch_interrupted(void)
{
    return latest;
}

/* So that none comes between the start of a program and its process being known. */
static void hold_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < CAUGHT; i++)
        sigaddset(&set, caught[i]);
    sigprocmask(SIG_BLOCK, &set, before);
}

/* ---- starting ------------------------------------------------------------------------------ */

/* The caller frees the array, not its strings. */
static char **environment_with(const char *setting)
{
    size_t count = 0, kept = 0, length = (size_t)(strchr(setting, '=') + 1 - setting);
    while (environ[count])
        count++;
    char **result = memory_array(count + 2, sizeof *result);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], setting, length) != 0)
            result[kept++] = environ[i];
    result[kept] = (char *)setting;
    return result;
}

/* posix_spawn tells what exec says, unlike fork and exec without further ado. */
static int spawn(pid_t *process, char *const *arguments, char **environment,
                 const posix_spawn_file_actions_t *actions, const sigset_t *mask)
{
    posix_spawnattr_t attributes;
    sigset_t standard;
    sigemptyset(&standard);
    if (!command_pipe_ignored)
        sigaddset(&standard, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &standard);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawnp(process, arguments[0], actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static void direct(posix_spawn_file_actions_t *actions, const struct launch_plan *plan)
{
    posix_spawn_file_actions_init(actions);
    if (plan->input < 0)
        posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else /* also where it is that already: profinst's own are closed when it starts */
        posix_spawn_file_actions_adddup2(actions, plan->input, STDIN_FILENO);
    if (plan->discard_output)
        posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
}

static int64_t nanoseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

/* Of a program's peak the system takes ours, in KiB when it began, for the least. */
static void wait_for(struct launch *launch, long floor)
{
    int status;
    struct rusage usage;
    siginfo_t ended;
    /* As long as nobody has fetched how it ended, its number is no other process's. */
    while (waitid(P_PID, (id_t)launch->process, &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        ;
    running = 0;
    while (wait4(launch->process, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    launch->user_ns = nanoseconds(usage.ru_utime);
    launch->system_ns = nanoseconds(usage.ru_stime);
    launch->peak_bytes = usage.ru_maxrss > floor ? (int64_t)usage.ru_maxrss * 1024 : -1;
    launch->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    launch->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

struct launch launch(const struct launch_plan *plan)
{
    struct launch launch = {.load_average = -1};
    struct pool pool = {0};
    char **environment = environment_with(pool_format(&pool, "PROFINST_OUTPUT=%s", plan->output));
    posix_spawn_file_actions_t actions;
    sigset_t mask;
    struct rusage own;
    direct(&actions, plan);
    getrusage(RUSAGE_SELF, &own);
    if (getloadavg(&launch.load_average, 1) != 1)
        launch.load_average = -1;
    launch.started_unix_ns = moment_unix_ns();
    hold_signals(&mask);
    int64_t start = moment_monotonic_ns();
    launch.stopped = latest != 0;
    if (!launch.stopped)
        launch.error = spawn(&launch.process, plan->arguments, environment, &actions, &mask);
    running = launch.error ? 0 : launch.process;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (running)
        wait_for(&launch, own.ru_maxrss);
    launch.wall_ns = moment_monotonic_ns() - start;
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    pool_free(&pool);
    return launch;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* False: it went on for too long. What is more than `size` is read and forgotten. */
static bool read_answer(int file, char *answer, size_t size)
{
    int64_t end = moment_monotonic_ns() + (int64_t)LIMIT_MS * 1000000;
    size_t length = 0;
    char more[512];
    for (;;) {
        int64_t left = (end - moment_monotonic_ns()) / 1000000;
        struct pollfd ready = {.fd = file, .events = POLLIN};
        int found = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (found < 0 && errno == EINTR)
            continue;
        ssize_t step = found > 0 ? read(file, more, sizeof more) : -1;
        if (step <= 0) {
            answer[length] = '\0';
            return step == 0;
        }
        size_t kept = (size_t)step < size - 1 - length ? (size_t)step : size - 1 - length;
        memcpy(answer + length, more, kept);
        length += kept;
    }
}

bool launch_ask(char *const *arguments, char *answer, size_t size)
{
    int ends[2], status = 0;
    pid_t process;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    int error = spawn(&process, arguments, environ, &actions, &mask);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    bool whole = !error && read_answer(ends[0], answer, size);
    close(ends[0]);
    if (error)
        return false;
    if (!whole)
        kill(process, SIGKILL);
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        ;
    return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
