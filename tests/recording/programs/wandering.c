/* A fibre that goes on in other threads: what it calls there hangs under their roots. Calls: main 1,
 * fiber 1, inner 4, leaf 12, thread 3. */
#include "common.h"
#include <pthread.h>
#include <ucontext.h>

static ucontext_t fibre, back;
static char stack[64 * 1024] __attribute__((aligned(16)));

NOINLINE static void leaf(void)
{
    TOUCH();
}

NOINLINE static void inner(void)
{
    leaf();
    swapcontext(&fibre, &back);
    leaf();
}

NOINLINE static void fiber(void)
{
    for (int i = 0; i < 4; i++)
        inner();
    TOUCH();
}

NOINLINE static void *thread(void *unused)
{
    swapcontext(&back, &fibre);
    leaf();
    return unused;
}

int main(void)
{
    getcontext(&fibre);
    fibre.uc_stack.ss_sp = stack;
    fibre.uc_stack.ss_size = sizeof stack;
    fibre.uc_link = &back;
    makecontext(&fibre, fiber, 0);
    swapcontext(&back, &fibre);
    leaf();
    for (int i = 0; i < 3; i++) {
        pthread_t other;
        pthread_create(&other, NULL, thread, NULL);
        pthread_join(other, NULL);
    }
    swapcontext(&back, &fibre);
    return 0;
}
