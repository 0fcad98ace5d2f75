/* Functions that are switched off, external functions, and what was selected. The first argument
 * says what happens. */
#include "by_hand.h"
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAIN, ON, OFF, LEAF, IN_ON, IN_OFF, IN_BOTH, READ, HOOKED_ELSEWHERE, NAMED, FUNCTIONS };
static struct described functions[FUNCTIONS];

/* off is inlined into on, and leaf into that. */
static const struct profinst_frame frames[] = {
    {.function = &functions[IN_OFF].function},
    {.function = &functions[IN_BOTH].function, .caller = 1},
};

static const uint8_t selection[] = "what was chosen";

static struct described functions[FUNCTIONS] = {
    [MAIN] = FUNCTION(main, .line = 1),
    [ON] = FUNCTION(on, .line = 2, FRAMES(frames)),
    [OFF] = FUNCTION(off, .line = 3, FRAMES(frames), .name_hash = 3),
    [LEAF] = FUNCTION(leaf, .line = 4),
    [IN_ON] = FUNCTION(on, .line = 2, .flags = PROFINST_INLINED),
    [IN_OFF] = FUNCTION(off, .line = 3, .flags = PROFINST_INLINED),
    [IN_BOTH] =
        FUNCTION(leaf, .line = 4, .flags = PROFINST_INLINED, .caller = &functions[IN_OFF].function),
    [READ] = FUNCTION(read, .flags = PROFINST_EXTERNAL, .name_hash = 1),
    [HOOKED_ELSEWHERE] = FUNCTION(hooked_elsewhere, .flags = PROFINST_EXTERNAL, .name_hash = 2),
    [NAMED] = FUNCTION(named, .name = "A name: with blanks", .line = 5),
};
UNIT(functions, .flags = PROFINST_UNIT_EXTERNAL, .selection = selection,
     .selection_size = sizeof selection, .selection_unpacked = 1000, .selection_digest = 77);

/* Another unit, which hooks a function that this one calls as an external one. */
extern struct profinst_unit unit_2;
static struct described functions_2[] = {
    {.function = {.linkage_name = "hooked_elsewhere",
                  .file = "other.c",
                  .unit = &unit_2,
                  .line = 8,
                  .name_hash = 2}},
    {.function = {.linkage_name = "read", .file = "", .unit = &unit_2, .name_hash = 0}},
};
struct profinst_unit unit_2 = {
    .abi = PROFINST_ABI_VERSION,
    .flags = PROFINST_UNIT_EXTERNAL,
    .hooks = &hooks,
    .functions = &functions_2[0].function,
    .function_count = 2,
    .source = "other.c",
    .selection = selection,
    .selection_size = 3,
    .selection_unpacked = 30,
};

static void filter(void)
{
    struct call on = enter(&functions[ON]);
    inlined(on, &functions[ON], 1);
    inlined(on, &functions[ON], 2);
    frame_of(on.own, &functions[IN_OFF].function);
    call(&functions[LEAF]);
    frame_of(on.own, &functions[IN_BOTH].function);
    call(&functions[LEAF]);
    frame_of(on.own, NULL);
    struct call off = enter(&functions[OFF]);
    printf("%s ", functions[OFF].function.id == UINT32_MAX ? "off" : "on");
    inlined(off, &functions[OFF], 1);
    frame_of(off.own, &functions[IN_OFF].function);
    frame_of(off.own, NULL);
    call(&functions[LEAF]);
    hooks.count(&functions[IN_OFF].function, 10);
    hooks.count(&functions[IN_BOTH].function, 100);
    hooks.resume(off.own);
    leave(off);
    leave(on);
    call(&functions[NAMED]);
    call(&functions[READ]);
}

/* on ends with a call of off, and that with one of leaf; with one of a function that is no external
 * one; with one of unhooked code that off is inlined into. */
static void tails(void)
{
    struct call on = enter(&functions[ON]);
    hooks.tail(on.caller);
    struct call off = enter(&functions[OFF]);
    call(&functions[LEAF]);
    hooks.tail(off.caller);
    call(&functions[LEAF]);
    on = enter(&functions[ON]);
    hooks.tail(on.caller);
    call(&functions[HOOKED_ELSEWHERE]);
    call(&functions[LEAF]);
    on = enter(&functions[ON]);
    hooks.tail(on.caller);
    void *former = hooks.step_in(&functions[IN_OFF].function);
    call(&functions[LEAF]);
    hooks.step_out(former);
    call(&functions[LEAF]);
}

static void external(void)
{
    for (int i = 0; i < 3; i++) {
        struct call place = enter(&functions[READ]);
        call(&functions[LEAF]); /* a callback */
        leave(place);
        place = enter(&functions[HOOKED_ELSEWHERE]);
        call(&functions_2[0]);
        leave(place);
    }
    call(&functions_2[1]);
}

/* As if the library were loaded again. */
static void again(void)
{
    static struct described copies[FUNCTIONS];
    memcpy(copies, functions, sizeof copies);
    struct profinst_unit copy = unit;
    copy.object = NULL;
    copy.functions = &copies[0].function;
    for (int i = 0; i < FUNCTIONS; i++)
        copies[i].function.id = 0;
    profinst_attach(&copy);
    copy.selection_digest++;
    profinst_attach(&copy);
    filter();
}

static void forks(void)
{
    call(&functions[READ]);
    pid_t child = fork();
    if (child == 0) {
        filter();
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {
        {"filter", filter}, {"tails", tails}, {"external", external},
        {"again", again},   {"forks", forks},
    };
    profinst_attach(&unit);
    profinst_attach(&unit_2);
    struct call place = enter(&functions[MAIN]);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (count > 1 && strcmp(arguments[1], ways[i].name) == 0)
            ways[i].run();
    leave(place);
}
