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

void series_facts_add_git(struct series_facts *facts)
{
    /* Neither writes anything nor runs what the repository names. */
    static char *const command[] = {(char *)"git",
                                    (char *)"--no-optional-locks",
                                    (char *)"-c",
                                    (char *)"core.fsmonitor=false",
                                    (char *)"status",
                                    (char *)"--porcelain=v2",
                                    (char *)"--branch",
                                    (char *)"--untracked-files=no",
                                    NULL};
    char answer[16384];
    if (!launch_ask(command, answer, sizeof answer))
        return;
    bool dirty = false;
    for (char *line = answer, *rest; line && *line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        if (strncmp(line, "# branch.oid ", 13) == 0 && line[13] != '(')
            series_facts_put(facts, "git.commit", line + 13);
        else if (strncmp(line, "# branch.head ", 14) == 0 && line[14] != '(')
            series_facts_put(facts, "git.branch", line + 14);
        dirty |= *line != '#';
    }
    series_facts_put(facts, "git.dirty", dirty ? "1" : "0");
}
