/* More functions, frames and contexts than the first tables have room for, and one function with
 * very many frames; all in several threads, and in a child. */
#include "by_hand.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOOKED = 300, INLINED = 50, THREADS = 3, ROUNDS = 3, HUGE = 600000 };

static struct described functions[HOOKED + INLINED];
static char names[HOOKED + INLINED][16];
static struct profinst_frame frames[HOOKED][INLINED], huge_frames[HUGE];
static struct described huge[] = {
    FUNCTION(huge, .frames = huge_frames, .frame_count = HUGE),
};
UNIT(functions);

static void describe(void)
{
    for (int i = 0; i < HOOKED + INLINED; i++) {
        struct profinst_function *function = &functions[i].function;
        snprintf(names[i], sizeof names[i], "%s_%d", i < HOOKED ? "hooked" : "inlined",
                 i < HOOKED ? i : i - HOOKED);
        *function = (struct profinst_function){
            .linkage_name = names[i],
            .file = "",
            .unit = &unit,
            .flags = (uint32_t)i % PROFINST_CALLEES << PROFINST_CALLEE_SHIFT,
        };
        if (i >= HOOKED) {
            function->flags |= PROFINST_INLINED;
            continue;
        }
        function->frames = frames[i];
        function->frame_count = (uint32_t)i % INLINED;
        for (int n = 0; n < i % INLINED; n++)
            frames[i][n].function = &functions[HOOKED + n].function;
    }
    for (int i = 0; i < HUGE; i++)
        huge_frames[i].function = &functions[HOOKED + i % INLINED].function;
}

/* Each function calls the next, every fourth from code that is inlined into it. */
static void chain(int number, int end)
{
    struct described *described = &functions[number];
    struct call place = enter(described);
    for (uint32_t n = 1; n <= described->function.frame_count; n++)
        inlined(place, described, n);
    if (number % 4 == 0)
        frame_of(place.own, &functions[HOOKED + number % INLINED].function);
    if (number + 1 < end)
        chain(number + 1, end);
    leave(place);
}

static void chains(void)
{
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < HOOKED; i += 20)
            chain(i, i + 60 < HOOKED ? i + 60 : HOOKED);
    struct call place = enter(huge);
    inlined(place, huge, HUGE);
    leave(place);
}

static void *body(void *data)
{
    chains();
    return data;
}

int main(void)
{
    pthread_t threads[THREADS];
    describe();
    profinst_attach(&unit);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, body, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pid_t child = fork();
    chains();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
}
