#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"
#include "progress.h"
#include "run_profiles.h"

enum { SIGNALLED = 128 }; /* as shells have it */

struct session {
    const struct run_options *options;
    struct series *series;
    struct run_profiles profiles;
    bool has_input;         /* a standard input, rather than a closed one */
    off_t input_start;      /* of a standard input that can be read again; -1: it cannot */
    struct launch *waiting; /* runs without a profile, before the first with one */
    size_t waiting_count, waiting_capacity;
    int64_t kept;  /* runs */
    int exit_code; /* of the first that failed */
    bool not_started;
    bool keeps_folder; /* its profiles could not be loaded */
};

static bool has_failed(const struct launch *launch)
{
    return launch->signal || launch->exit_code;
}

/* ---- input --------------------------------------------------------------------------------- */

/* One program reads what profinst could read. Several read the same, each from the start, or
 * nothing: what the first leaves over would make the others' runs different ones. */
static void prepare_input(struct session *session)
{
    struct stat about;
    session->has_input = fstat(STDIN_FILENO, &about) == 0;
    bool regular = session->has_input && S_ISREG(about.st_mode);
    session->input_start = regular ? lseek(STDIN_FILENO, 0, SEEK_CUR) : -1;
}

static enum status open_input(const struct session *session, int *file)
{
    const struct run_options *options = session->options;
    if (options->input) {
        do /* a pipe may have to wait for who writes it */
            *file = open(options->input, O_RDONLY | O_CLOEXEC);
        while (*file < 0 && errno == EINTR && !launch_interrupted());
        if (*file < 0 && !launch_interrupted())
            return fail(STATUS_INPUT, "cannot read input", options->input,
                        "%s; name a file that can be read", strerror(errno));
    } else if (options->runs + options->warmup_runs == 1) {
        *file = session->has_input ? STDIN_FILENO : -1;
    } else if (session->input_start >= 0) {
        *file = lseek(STDIN_FILENO, session->input_start, SEEK_SET) < 0 ? -1 : STDIN_FILENO;
    } else {
        *file = -1;
    }
    return STATUS_OK;
}

/* ---- one run ------------------------------------------------------------------------------- */

static enum status start(struct session *session, struct launch *launched)
{
    const struct run_options *options = session->options;
    struct launch_plan plan = {.arguments = options->arguments,
                               .output = session->profiles.pattern,
                               .discard_output = options->discard_output};
    enum status status = open_input(session, &plan.input);
    if (status != STATUS_OK)
        return status;
    *launched = launch(&plan);
    if (options->input && plan.input >= 0)
        close(plan.input);
    if (launched->error) {
        session->not_started = true;
        session->exit_code = launched->error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE;
        fail(STATUS_INPUT, "cannot run", options->arguments[0],
             "%s; name a program that can be run", strerror(launched->error));
        return STATUS_OK;
    }
    if (launched->stopped)
        return STATUS_OK;
    if (has_failed(launched) && session->exit_code == 0)
        session->exit_code = launched->signal ? SIGNALLED + launched->signal : launched->exit_code;
    return run_profiles_find(&session->profiles, launched->process);
}

/* Puts the run into the database, and the series before it if that is not there. */
static enum status add(struct session *session, struct database *database,
                       const struct launch *launch)
{
    struct series *series = session->series;
    bool first = series->id == 0;
    int64_t run, number = series->run_count - (int64_t)session->waiting_count;
    enum status status =
        run_profiles_load(&session->profiles, database, first ? &series->facts : NULL, &run);
    if (status == STATUS_OK && first && run > 0)
        status = series_add(database, series);
    if (status != STATUS_OK || series->id == 0)
        return status;
    for (size_t i = 0; status == STATUS_OK && i < session->waiting_count; i++)
        status = series_add_run(database, series, ++number, &session->waiting[i], 0);
    session->waiting_count = 0;
    return status == STATUS_OK ? series_add_run(database, series, ++number, launch, run) : status;
}

static void remember(struct session *session, const struct launch *launch)
{
    session->waiting = memory_grow(session->waiting, &session->waiting_capacity,
                                   session->waiting_count, sizeof *session->waiting);
    session->waiting[session->waiting_count++] = *launch;
}

/* A transaction of its own, so that who is killed later has it whole, and others can write, too. */
static enum status keep(struct session *session, const struct launch *launch)
{
    struct series *series = session->series;
    struct database database;
    enum status status = database_begin(&database, session->options->database);
    if (status != STATUS_OK)
        return status;
    bool known = series->id > 0;
    status = add(session, &database, launch);
    if (status == STATUS_OK && series->id > 0)
        status = database_commit(&database);
    if (status == STATUS_OK && series->id > 0) {
        database_close(&database);
    } else {
        database_abandon(&database);
        series->id = known ? series->id : 0;
    }
    if (status == STATUS_OK && series->id == 0)
        remember(session, launch);
    session->kept++;
    series->run_count++;
    return status;
}

static enum status keep_or_say_where(struct session *session, const struct launch *launch)
{
    enum status status = keep(session, launch);
    if (status != STATUS_OK && session->profiles.count > 0 && !session->options->for_a_while) {
        session->keeps_folder = true;
        warn("run", session->profiles.run_folder,
             "the profiles of this run are still there; 'profinst load' can try again");
    }
    return status;
}

/* ---- all runs ------------------------------------------------------------------------------ */

/* Whether there is another run after this one. */
static bool goes_on(struct session *session, const struct launch *launch, long long number)
{
    const struct run_options *options = session->options;
    const char *program = options->arguments[0];
    bool last = number == options->runs, warmup = number <= 0;
    const char *kind = warmup ? "warm-up" : "run";
    long long shown = warmup ? number + options->warmup_runs : number;
    if (launch_interrupted()) {
        if (options->runs > 1)
            warn("run", program, "stopped by signal %d; %lld of %lld runs are kept",
                 launch_interrupted(), (long long)session->kept, options->runs);
        return false;
    }
    if (!has_failed(launch))
        return !last;
    bool advise = !last && !options->ignore_failure;
    const char *advice = advise ? "; --ignore-failure goes on then" : "";
    bool told = options->ignore_failure && !warmup; /* at the end */
    if (!told && launch->signal)
        warn("run", program, "%s %lld was ended by signal %d (%s)%s", kind, shown, launch->signal,
             strsignal(launch->signal), advice);
    else if (!told && (options->runs > 1 || warmup))
        warn("run", program, "%s %lld ended with exit code %d%s", kind, shown, launch->exit_code,
             advice);
    return !last && options->ignore_failure;
}

static enum status no_profile(const struct session *session)
{
    return fail(STATUS_INPUT, "run", session->options->arguments[0],
                "it left no profile, so there is nothing to load; compile it with clang "
                "-fplugin=libprofinst.so, and do not switch recording off (PROFINST_DISABLE, "
                "PROFINST_TIMING=off)");
}

static enum status run_all(struct session *session)
{
    const struct run_options *options = session->options;
    enum status status = STATUS_OK;
    bool more = true;
    for (long long number = 1 - options->warmup_runs; more && status == STATUS_OK; number++) {
        struct launch launched;
        progress_next_part();
        status = run_profiles_next(&session->profiles);
        if (status == STATUS_OK)
            status = start(session, &launched);
        if (status != STATUS_OK || launched.error)
            return status;
        if (launched.stopped) {
            goes_on(session, &launched, number);
            return status;
        }
        /* What was cut short tells nothing of the others; a server's only run ends so. */
        bool kept = number > 0 && (!launch_interrupted() || options->runs == 1);
        if (kept)
            status = keep_or_say_where(session, &launched);
        if (status != STATUS_OK)
            return status;
        run_profiles_remove(&session->profiles);
        if (kept && session->series->id == 0 && !has_failed(&launched))
            return no_profile(session);
        more = goes_on(session, &launched, number);
    }
    if (session->kept > 0 && session->series->id == 0)
        no_profile(session); /* the program's own exit code tells more */
    return status;
}

/* Before hours of runs. */
static enum status check_database(const char *path)
{
    struct database database;
    enum status status = database_begin(&database, path);
    if (status == STATUS_OK)
        database_abandon(&database);
    return status;
}

enum status run_program(const struct run_options *options, struct series *series, int *exit_code)
{
    struct session session = {.options = options, .series = series};
    enum status status = check_database(options->database);
    if (status != STATUS_OK)
        return status;
    launch_begin(); /* from here on, nothing stays behind */
    status = run_profiles_begin(&session.profiles);
    if (status != STATUS_OK) {
        launch_end();
        return status;
    }
    prepare_input(&session);
    bool quiet = options->discard_output || !isatty(STDOUT_FILENO);
    bool shows = quiet && options->runs + options->warmup_runs > 1 && !options->for_a_while;
    if (shows)
        progress_begin_parts("Running", (uint64_t)(options->runs + options->warmup_runs));
    status = run_all(&session);
    if (shows)
        progress_end();
    if (session.keeps_folder)
        run_profiles_leave(&session.profiles);
    else
        run_profiles_end(&session.profiles);
    int interrupted = launch_interrupted();
    launch_end();
    free(session.waiting);
    bool ignored = options->ignore_failure && !session.not_started;
    /* A single run that was stopped is kept, and tells itself how it ended. */
    bool cut_short = interrupted && (options->runs > 1 || session.kept == 0);
    *exit_code = cut_short ? SIGNALLED + interrupted : ignored ? 0 : session.exit_code;
    return status;
}
