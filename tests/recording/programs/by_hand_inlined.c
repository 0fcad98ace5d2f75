/* Inlined code, and several codes of one function. The first argument says what happens. */
#include "by_hand.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { MAIN, F, F_2, G, LEAF, IN_F, IN_G, IN_F_IN_G, FUNCTIONS };
static struct described functions[FUNCTIONS];

/* inner is inlined into F, and into middle, which is inlined into F, too. */
static const struct profinst_frame frames[] = {
    {.function = &functions[IN_F].function},
    {.function = &functions[IN_G].function},
    {.function = &functions[IN_F_IN_G].function, .caller = 2},
};
static const struct profinst_frame frames_2[] = {{.function = &functions[IN_F].function}};

static struct described functions[FUNCTIONS] = {
    [MAIN] = FUNCTION(main, .line = 1),
    [F] = FUNCTION(f, .line = 2, FRAMES(frames)),
    [F_2] = FUNCTION(f, .line = 2, FRAMES(frames_2)),
    [G] = FUNCTION(g, .line = 3),
    [LEAF] = FUNCTION(leaf, .line = 4),
    [IN_F] = FUNCTION(inner, .line = 5, .flags = PROFINST_INLINED),
    [IN_G] = FUNCTION(middle, .line = 6, .flags = PROFINST_INLINED),
    [IN_F_IN_G] =
        FUNCTION(inner, .line = 5, .flags = PROFINST_INLINED, .caller = &functions[IN_G].function),
};
UNIT(functions);

static void frame(struct call place, int which)
{
    frame_of(place.own, &functions[which].function);
}

/* The next call is the hooked function's own. */
static void own_again(struct call place)
{
    frame_of(place.own, NULL);
}

static void *step_in(int which)
{
    return hooks.step_in(&functions[which].function);
}

static void count(int which, uint64_t calls)
{
    hooks.count(&functions[which].function, calls);
}

/* Each frame of f calls leaf as often as its number says. */
static void f(void)
{
    struct call place = enter(&functions[F]);
    static const int chains[] = {IN_F, IN_G, IN_F_IN_G};
    for (uint32_t i = 1; i <= 3; i++)
        for (uint32_t n = 0; n < i; n++) {
            inlined(place, &functions[F], i);
            frame(place, chains[i - 1]);
            call(&functions[LEAF]);
        }
    own_again(place);
    call(&functions[LEAF]);
    frame(place, IN_F);
    leave(place);
}

static void chains(void)
{
    for (int i = 0; i < 10; i++)
        f();
}

/* f, its inner, f again, its inner, g. */
static void recursion(void)
{
    struct call outer = enter(&functions[F]);
    frame(outer, IN_F);
    struct call again = enter(&functions[F]);
    inlined(again, &functions[F], 1);
    frame(again, IN_F);
    call(&functions[G]);
    leave(again);
    own_again(outer);
    call(&functions[G]);
    leave(outer);
}

/* Inlined code calls a function without hooks that the same one is inlined into. */
static void recursion_of_inlined(void)
{
    struct call place = enter(&functions[G]);
    frame(place, IN_F);
    void *deeper = step_in(IN_F);
    call(&functions[LEAF]);
    hooks.step_out(deeper);
    call(&functions[LEAF]);
    leave(place);
}

static void call_f(int code, uint32_t frame)
{
    struct call place = enter(&functions[code]);
    inlined(place, &functions[code], frame);
    call(&functions[LEAF]);
    leave(place);
}

static void codes(void)
{
    call_f(F_2, 1);
    call_f(F, 1);
    call_f(F, 3);
    call_f(F_2, 1);
    struct call place = enter(&functions[G]);
    call_f(F, 2);
    call_f(F_2, 1);
    leave(place);
}

/* A tail call out of inlined code: inner calls g in f's place. */
static void tails(void)
{
    struct call place = enter(&functions[F]);
    frame(place, IN_F);
    hooks.tail(place.caller);
    call(&functions[G]);
    call(&functions[LEAF]);
}

/* A tail call to a function without hooks, which has inlined ones. */
static void tails_unhooked(void)
{
    struct call place = enter(&functions[F]);
    hooks.tail(place.caller);
    count(IN_F, 3);
    void *former = step_in(IN_F);
    call(&functions[G]);
    hooks.step_out(former);
    call(&functions[LEAF]);
}

/* What f's inlined code calls ends with a call of a function without hooks, and comes back to f. */
static void tails_back(void)
{
    static const int from[] = {IN_F, IN_F, IN_G};
    struct call place = enter(&functions[F]);
    for (int i = 0; i < 3; i++) {
        frame(place, from[i]);
        struct call callee = enter(&functions[G]);
        hooks.tail(callee.caller);
    }
    own_again(place);
    call(&functions[LEAF]);
    leave(place);
}

static void counts(void)
{
    count(IN_F, 2);
    count(IN_F_IN_G, 5);
    count(IN_F_IN_G, 7);
    struct call place = enter(&functions[G]);
    count(IN_G, UINT64_C(1) << 40);
    call(&functions[LEAF]);
    leave(place);
}

static jmp_buf there;

static void jumps_out(void)
{
    frame(enter(&functions[G]), IN_G);
    enter(&functions[LEAF]);
    longjmp(there, 1);
}

static void jumps(void)
{
    volatile int left = 3;
    struct call place = enter(&functions[F]);
    struct call *volatile kept = &place;
    setjmp(there);
    hooks.resume(kept->own);
    call(&functions[LEAF]);
    if (left-- > 0) {
        frame(*kept, IN_F);
        jumps_out();
    }
    leave(*kept);
}

/* The second call of f is recursive: resuming it is resuming the first. */
static void jumps_recursive(void)
{
    struct call outer = enter(&functions[F]);
    struct call again = enter(&functions[F]);
    enter(&functions[G]);
    hooks.resume(again.own);
    call(&functions[LEAF]);
    hooks.resume(&nobody);
    leave(again);
    leave(outer);
}

static void *body(void *data)
{
    struct call *of_main = data;
    hooks.resume(of_main->own);
    void *former = step_in(IN_F);
    call(&functions[LEAF]);
    hooks.step_out(of_main->own);
    call(&functions[LEAF]);
    frame(*of_main, IN_G);
    call(&functions[LEAF]);
    hooks.step_out(former);
    return NULL;
}

/* What another thread began. Threads begin with a frame, and with a count. */
static void threads(void)
{
    pthread_t thread;
    struct call place = enter(&functions[F]);
    pthread_create(&thread, NULL, body, &place);
    pthread_join(thread, NULL);
    leave(place);
}

static volatile sig_atomic_t handled;

static void handle(int signal)
{
    (void)signal;
    handled = handled + 1;
    count(IN_G, 1);
    struct call place = enter(&functions[G]);
    frame(place, IN_G);
    void *former = step_in(IN_F);
    call(&functions[LEAF]);
    hooks.step_out(former);
    leave(place);
}

static void signals(void)
{
    struct timespec tick = {.tv_nsec = 50000};
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    signal(SIGALRM, handle);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &(struct itimerspec){tick, tick}, NULL);
    for (int i = 0; i < 300000 || handled < 1000; i++)
        f();
    timer_delete(timer);
    printf("%d ", (int)handled);
}

/* The child counts from zero, in a frame of its parent's; what the parent has stays. */
static void forks(void)
{
    struct call place = enter(&functions[F]);
    inlined(place, &functions[F], 1);
    frame(place, IN_F);
    call(&functions[LEAF]);
    pid_t child = fork();
    inlined(place, &functions[F], 2);
    call(&functions[G]);
    own_again(place);
    call(&functions[G]);
    count(IN_G, 1);
    leave(place);
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
}

static void folded(void)
{
    chains();
    codes();
    counts();
}

/* Time passes in inlined code. */
static void times(void)
{
    struct call place = enter(&functions[F]);
    frame(place, IN_F_IN_G);
    usleep(20000);
    call(&functions[LEAF]);
    usleep(20000);
    leave(place);
    step_in(IN_F);
}

/* Dies in inlined code. */
static void dies(void)
{
    frame(enter(&functions[F]), IN_F);
    raise(SIGKILL);
}

int main(int count_of_arguments, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {
        {"chains", chains},
        {"recursion", recursion},
        {"recursion_of_inlined", recursion_of_inlined},
        {"codes", codes},
        {"tails", tails},
        {"tails_unhooked", tails_unhooked},
        {"tails_back", tails_back},
        {"counts", counts},
        {"jumps", jumps},
        {"jumps_recursive", jumps_recursive},
        {"threads", threads},
        {"signals", signals},
        {"forks", forks},
        {"folded", folded},
        {"times", times},
        {"dies", dies},
    };
    profinst_attach(&unit);
    struct call place = enter(&functions[MAIN]);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (count_of_arguments > 1 && strcmp(arguments[1], ways[i].name) == 0)
            ways[i].run();
    leave(place);
}
