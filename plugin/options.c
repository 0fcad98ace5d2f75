/* -fplugin-arg-profinst-NAME=VALUE */
#include "bridge.h"
#include "options.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static bool system_headers;
static char external[256] = "off";

static bool parse_switch(const char *value, bool *result)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return false;
    *result = strcmp(value, "on") == 0;
    return true;
}

bool profinst_option(const char *argument, char *problem, size_t size)
{
    static const char name[] = "system-headers=", other[] = "external=";
    if (strncmp(argument, other, strlen(other)) == 0) {
        snprintf(external, sizeof external, "%s", argument + strlen(other));
        return true;
    }
    if (strncmp(argument, name, strlen(name)) != 0) {
        snprintf(problem, size, "unknown argument '%s'; there is: system-headers=on|off", argument);
        return false;
    }
    if (!parse_switch(argument + strlen(name), &system_headers)) {
        snprintf(problem, size, "'%s' takes on or off, not '%s'", "system-headers",
                 argument + strlen(name));
        return false;
    }
    return true;
}

bool profinst_wants_system_headers(void)
{
    return system_headers;
}

bool option_external_any(void)
{
    return strcmp(external, "off") != 0;
}

bool option_external(const char *linkage_name)
{
    return option_external_any() &&
           (strcmp(external, "on") == 0 || fnmatch(external, linkage_name, 0) == 0);
}
