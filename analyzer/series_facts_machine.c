/* Of the machine, and of the sources in the working directory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/types.h>

#include <sha2.h>
#include <unistd.h>

#include "series_facts.h"
#include "launch.h"

/* The first line of a file of the system, without its end; false if there is none. */
static bool first_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    bool good = file && fgets(line, (int)size, file);
    if (file)
        fclose(file);
    if (good)
        line[strcspn(line, "\n")] = '\0';
    return good && *line;
}

static void add_cpu(struct series_facts *facts)
{
    /* What x86 and aarch64 say in /proc/cpuinfo; of the latter the part is a number. */
    static const char *const keys[] = {"model name", "CPU part"};
    char line[512];
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        FILE *file = fopen("/proc/cpuinfo", "re");
        bool found = false;
        while (file && !found && fgets(line, sizeof line, file))
            found = strncmp(line, keys[k], strlen(keys[k])) == 0 && strchr(line, ':');
        if (file)
            fclose(file);
        if (!found)
            continue;
        const char *value = strchr(line, ':') + 1;
        line[strcspn(line, "\n")] = '\0';
        series_facts_put(facts, "machine.cpu", value + strspn(value, " "));
        return;
    }
}

/* The machine's own id is not to be told to others: machine-id(5). */
static void add_id(struct series_facts *facts)
{
    char line[256], digest[SHA256_DIGEST_STRING_LENGTH];
    if (!first_line("/etc/machine-id", line, sizeof line))
        return;
    const char *text = pool_format(&facts->pool, "profinst %s", line);
    SHA256Data((const uint8_t *)text, strlen(text), digest);
    digest[16] = '\0';
    series_facts_put(facts, "machine.id", digest);
}

void series_facts_add_machine(struct series_facts *facts)
{
    struct utsname system;
    char line[256];
    long cores = sysconf(_SC_NPROCESSORS_ONLN), pages = sysconf(_SC_PHYS_PAGES);
    if (uname(&system) == 0) {
        series_facts_put(facts, "machine.host", system.nodename);
        series_facts_put(
            facts, "kernel",
            pool_format(&facts->pool, "%s %s %s", system.sysname, system.release, system.machine));
    }
    add_id(facts);
    add_cpu(facts);
    if (cores > 0)
        series_facts_put(facts, "machine.cores", pool_format(&facts->pool, "%ld", cores));
    if (pages > 0)
        series_facts_put(
            facts, "machine.memory",
            pool_format(&facts->pool, "%lld", (long long)pages * (long long)sysconf(_SC_PAGESIZE)));
    if (first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", line, sizeof line))
        series_facts_put(facts, "machine.governor", line);
}

/* The first line that git says; "" if it says nothing, NULL if it fails. It neither writes anything
 * nor runs what the repository names. */
static const char *ask_git(struct pool *pool, const char *word, const char *option,
                           const char *argument)
{
    const char *const command[] = {
        "git", "--no-optional-locks", "-c", "core.fsmonitor=false", word, option, argument, NULL};
    char answer[4096];
    if (!launch_ask((char *const *)command, answer, sizeof answer))
        return NULL;
    answer[strcspn(answer, "\n")] = '\0';
    return pool_copy(pool, answer);
}

/* Each is asked for by itself, as looking for changes takes too long where there are many files. */
void series_facts_add_git(struct series_facts *facts)
{
    struct pool *pool = &facts->pool;
    const char *commit = ask_git(pool, "rev-parse", "--verify", "HEAD");
    const char *branch = ask_git(pool, "symbolic-ref", "--short", "HEAD");
    const char *changes = ask_git(pool, "status", "--porcelain", "--untracked-files=no");
    if (commit)
        series_facts_put(facts, "git.commit", commit);
    if (branch)
        series_facts_put(facts, "git.branch", branch);
    if (changes)
        series_facts_put(facts, "git.dirty", *changes ? "1" : "0");
}
