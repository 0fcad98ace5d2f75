/* The rules, as --explain tells them. docs/ADVICE.md has the same words; a test holds both
 * together. */
#include "advice_names.h"
#include "advice_rules.h"

const struct advice_rule advice_rules[] = {
    {
        .name = "hot-small",
        .title = "a small function is called very often from one place",
        .found = "A function of the build with at least hot-small-calls calls, not inlined, by "
                 "one caller other than itself. At the upper end of its error bar it has at most "
                 "hot-small-self of its own a call. What these calls cost, its own time in them "
                 "as far as it is sure and hot-small-cost for each, is at least hot-small-share "
                 "of the time.",
        .remedy = "Call it less often: hoist it out of the loop, or let one call do several at "
                  "once. Or let the compiler inline it (definition in the header, static inline, "
                  "-flto), which saves the call itself, one or two nanoseconds.",
        .first_key = CONFIG_HOT_SMALL,
        .last_key = CONFIG_HOT_SMALL_SHARE,
        .find = advice_find_hot_small,
    },
    {
        .name = "loop-call",
        .title = "a call in a loop that could be one",
        .found = "A caller, one call of which makes at least loop-call-calls calls on average of "
                 "a function that does input or output, waits, locks, allocates or asks a "
                 "database; or of one that makes such a call each time, but fewer than "
                 "loop-call-calls. What these do has at least loop-call-share of the time; by way "
                 "of a function in between, only what the other callers of that one cannot have "
                 "caused counts. Where no times were taken, it is the share of all calls. Of each "
                 "caller the worst is told. Functions are known by their linkage names: those of "
                 "libraries are recorded with -fplugin-arg-profinst-external=on, and functions of "
                 "the program with such a name count as well.",
        .remedy = "Do once for all what is done for each: move more with each call, take the lock "
                  "around the loop, allocate before it, put it into one transaction.",
        .first_key = CONFIG_LOOP_CALL,
        .last_key = CONFIG_LOOP_CALL_SHARE,
        .without_times = true,
        .find = advice_find_loop_call,
        .names = names_of_deeds,
    },
    {
        .name = "recursion",
        .title = "recursion that explodes",
        .found = "A function that calls itself, directly, at least recursion-calls times for each "
                 "of its calls from outside, on average, and has at least recursion-share of the "
                 "time, with all it calls. Where no times were taken, it is the share of all "
                 "calls.",
        .remedy = "If the same arguments come again, keep the results; if most calls end at once, "
                  "test before the call; otherwise let the last levels be a loop.",
        .first_key = CONFIG_RECURSION,
        .last_key = CONFIG_RECURSION_SHARE,
        .without_times = true,
        .find = advice_find_recursion,
    },
    {
        .name = "one-caller",
        .title = "a function is slow under one of its callers only",
        .found = "A function that has at least one-caller-share of the time, and at least "
                 "one-caller-time of its own, with all it calls, in the calls that one caller "
                 "makes, though these are at least one-caller-least and at most one-caller-calls "
                 "of its calls. Calls that are inlined or recursive do not count, as they have no "
                 "time of their own. If the caller is such a function itself, and has no less of "
                 "the time, it is told of that one alone.",
        .remedy = "Look at what that caller asks of it that others do not: larger input, another "
                  "path through it, something cold; that is what to change, or to ask for less "
                  "often.",
        .first_key = CONFIG_ONE_CALLER,
        .last_key = CONFIG_ONE_CALLER_LEAST,
        .find = advice_find_one_caller,
    },
    {
        .name = "long-tail",
        .title = "few calls take most of the time",
        .found = "A function without recursion, at least long-tail-calls of whose calls were "
                 "measured, with a p99 of at least long-tail-ratio times its p50; what the "
                 "slowest hundredth of its calls took more than p50 is at least long-tail-share "
                 "of the time. Of this no more counts than its own time: where one of those that "
                 "it calls is slow, it is told of that one.",
        .remedy = "Find out what the slow calls have in common: large input, a cache that misses, "
                  "a buffer that grows, a lock, a page that is not there yet. "
                  "PROFINST_DURATIONS=context tells in which contexts they are.",
        .first_key = CONFIG_LONG_TAIL,
        .last_key = CONFIG_LONG_TAIL_SHARE,
        .find = advice_find_long_tail,
    },
    {
        .name = "serialization",
        .title = "much time goes into serialization and formatting",
        .found = "Functions whose names say that they turn data into text or bytes, or back, with "
                 "at least serialization-share of the time together, with all they call. Time "
                 "under several of them counts once: only calls by functions that none of them "
                 "leads to count, or else all of the largest one. So there may be more of it, not "
                 "less.",
        .remedy = "Do it less often, keep what does not change, take a form that needs less work "
                  "(binary, or fewer fields), write into one buffer that is used again.",
        .first_key = CONFIG_SERIALIZATION,
        .last_key = CONFIG_SERIALIZATION_SHARE,
        .find = advice_find_serialization,
        .names = names_of_serialization,
    },
    {
        .name = "allocation",
        .title = "much time goes into allocating memory",
        .found = "The functions that allocate and free memory, with at least allocation-share of "
                 "the time together, of their own. They are known by their linkage names, and "
                 "wrappers of them by the words that their names consist of. The C library's and "
                 "C++'s own are recorded with -fplugin-arg-profinst-external=on.",
        .remedy = "Find their callers with --callers=FUNCTION; allocate less often there: use "
                  "buffers again, reserve, take many small objects from an arena; or try another "
                  "allocator.",
        .first_key = CONFIG_ALLOCATION,
        .last_key = CONFIG_ALLOCATION_SHARE,
        .find = advice_find_allocation,
        .names = names_of_memory,
    },
    {
        .name = "waiting",
        .title = "much time goes into input, output and waiting",
        .found = "The functions that do input and output, wait or lock, with at least "
                 "waiting-share of the time together, of their own. They are known by their "
                 "linkage names, which -fplugin-arg-profinst-external=on records. Threads that "
                 "wait for work are among them.",
        .remedy = "Faster code gains nothing here: wait for more at once, or do something "
                  "meanwhile. If these threads wait for work, look at the shares of the others "
                  "among themselves.",
        .first_key = CONFIG_WAITING,
        .last_key = CONFIG_WAITING_SHARE,
        .find = advice_find_waiting,
        .names = names_of_waiting,
    },
    {
        .name = "startup",
        .title = "much time passes before main begins",
        .found = "Functions that nobody called and that began before main did, in main's thread, "
                 "with at least startup-share of the time together, with all they call: "
                 "constructors of global objects and of libraries. One that ran again later "
                 "counts with all its time.",
        .remedy = "Do it when it is needed first: a static variable within a function in place of "
                  "a global one; tables that the compiler makes (constexpr, const data).",
        .first_key = CONFIG_STARTUP,
        .last_key = CONFIG_STARTUP_SHARE,
        .find = advice_find_startup,
    },
    {
        .name = "dominant",
        .title = "one function has more than half of the time itself",
        .found = "A function whose own time is at least dominant-share of the time of all "
                 "threads. Time in functions that are inlined into it, and in those that are not "
                 "measured, is its own.",
        .remedy = "Begin there: nothing that is gained elsewhere can be much beside it. If some of "
                  "it may be in libraries, -fplugin-arg-profinst-external=on shows how much.",
        .first_key = CONFIG_DOMINANT,
        .last_key = CONFIG_DOMINANT_SHARE,
        .find = advice_find_dominant,
    },
    {
        .name = "unmeasured",
        .title = "much time is in no function that was measured",
        .found = "At least unmeasured-share of the time of all threads is outside of all "
                 "functions that were compiled with the plugin and selected.",
        .remedy = "Compile more of the program with -fplugin=libprofinst.so ('profinst selection' "
                  "tells what was left out); if it is in libraries or waits there, "
                  "-fplugin-arg-profinst-external=on shows it where your functions call them.",
        .first_key = CONFIG_UNMEASURED,
        .last_key = CONFIG_UNMEASURED_SHARE,
        .find = advice_find_unmeasured,
    },
    {
        .name = "profiler",
        .title = "recording took much of the time",
        .found = "What recording took, which is taken out of all times, is at least "
                 "profiler-share of all threads' time with it. Nothing of the program's own time "
                 "is at stake, but times of functions that call or are called much are less "
                 "certain.",
        .remedy = "Leave out what costs most and shows least: 'profinst suggest-filter' writes a "
                  "filter for that. With PROFINST_TIMING=exact, try auto first.",
        .first_key = CONFIG_PROFILER,
        .last_key = CONFIG_PROFILER_SHARE,
        .when_unsure = true,
        .find = advice_find_profiler,
    },
    {.name = NULL},
};
