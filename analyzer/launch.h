/* Starts programs and waits for them, and for what the user does meanwhile. */
#ifndef PROFINST_ANALYZER_LAUNCH_H
#define PROFINST_ANALYZER_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One start of a program. */
struct launch {
    pid_t process;
    int error;    /* errno: it could not be started; 0: it was. The rest is then of the attempt */
    bool stopped; /* a signal had come already: it was not started, and the rest means nothing */
    int64_t started_unix_ns, wall_ns, user_ns, system_ns;
    int64_t peak_bytes;  /* -1: no more than profinst itself had, so unknown */
    int exit_code;       /* if no signal ended it */
    int signal;          /* that ended it; 0: none */
    double load_average; /* of the minute before; -1: unknown */
};

/* How it is started. The environment is profinst's with `output` as PROFINST_OUTPUT. */
struct launch_plan {
    char *const
        *arguments; /* the program's name, looked for in PATH, first; NULL behind the last */
    const char *output;
    int input;           /* descriptor of its standard input; -1: /dev/null */
    bool discard_output; /* its standard output is /dev/null */
};

/* Catches SIGINT, SIGQUIT, SIGTERM and SIGHUP, but those that are ignored: from then on until
 * the launch_end that belongs to it (they nest) they end programs, and not profinst. They go on to
 * the program that runs, but not those that the system sends, as for Ctrl-C on a terminal, which it
 * has got by itself. One that somebody sends to the whole group of processes, as timeout(1) does,
 * it gets twice: that looks no different. */
void launch_begin(void);
void launch_end(void);

/* The latest of these signals that came since launch_begin; 0: none. */
int launch_interrupted(void);

/* Returns when it has ended. Its signals are as profinst found its own, and of profinst's files it
 * gets none. */
struct launch launch(const struct launch_plan *plan);

/* What a program writes, up to `size` - 1 bytes; false if it cannot be started, fails or takes
 * longer than a second. Its errors go nowhere. */
bool launch_ask(char *const *arguments, char *answer, size_t size);

#endif
