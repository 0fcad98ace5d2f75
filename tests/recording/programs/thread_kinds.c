/* thread_kinds KIND: threads of each kind, whose last calls come when nobody waits for them any more.
 * "sequence": 10,000 one after another; prints by how many KiB the process has grown from the 200th on.
 * "detached": 1,000, detached. "c11": 200 as C11 has them, with a destructor of thread-specific storage.
 * "outlive": 8 that work when main's thread has ended. */
#define _GNU_SOURCE
#include "common.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

static sem_t done;
static pthread_t first;
static pthread_barrier_t main_is_gone;
static atomic_int left = 8;
static tss_t storage;

NOINLINE static void leaf(void)
{
    __asm__ volatile("");
}

NOINLINE static void work(int n)
{
    for (int i = 0; i < n; i++)
        leaf();
    __asm__ volatile("");
}

static void *worker(void *unused)
{
    work(10);
    sem_post(&done);
    return unused;
}

/* ---- one after another -------------------------------------------------------------------- */

UNHOOKED static long resident(void)
{
    char line[128];
    long size = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %ld", &size);
    fclose(file);
    return size;
}

UNHOOKED static void sequence(void)
{
    long at_first = 0;
    for (int i = 0; i < 10000; i++) {
        pthread_t thread;
        if (i == 200)
            at_first = resident();
        pthread_create(&thread, NULL, worker, NULL);
        pthread_join(thread, NULL);
    }
    printf("%ld\n", resident() - at_first);
}

/* ---- detached ----------------------------------------------------------------------------- */

UNHOOKED static void detached(void)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    for (int i = 0; i < 1000; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, worker, NULL) != 0)
            exit(3);
        if (i % 2)
            sem_wait(&done);
    }
    for (int i = 0; i < 500; i++)
        sem_wait(&done);
}

/* ---- C11 ---------------------------------------------------------------------------------- */

NOINLINE static void end_of_storage(void *value)
{
    work(*(int *)value);
}

static int standard(void *unused)
{
    static int five = 5;
    (void)unused;
    tss_set(storage, &five);
    work(10);
    thrd_exit(1);
}

UNHOOKED static void c11(void)
{
    tss_create(&storage, end_of_storage);
    for (int i = 0; i < 200; i++) {
        thrd_t thread;
        int result = 0;
        thrd_create(&thread, standard, NULL);
        thrd_join(thread, &result);
        if (result != 1)
            exit(4);
    }
}

/* ---- without main ------------------------------------------------------------------------- */

static void *survivor(void *number)
{
    if (number == 0)
        pthread_join(first, NULL);
    pthread_barrier_wait(&main_is_gone);
    work(100);
    if (atomic_fetch_sub(&left, 1) == 1)
        exit(5);
    return NULL;
}

UNHOOKED static void outlive(void)
{
    first = pthread_self();
    pthread_barrier_init(&main_is_gone, NULL, 8);
    for (long i = 0; i < 8; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, survivor, (void *)i);
    }
    work(1);
    pthread_exit(NULL);
}

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    sem_init(&done, 0, 0);
    if (strcmp(arguments[1], "sequence") == 0)
        sequence();
    else if (strcmp(arguments[1], "detached") == 0)
        detached();
    else if (strcmp(arguments[1], "c11") == 0)
        c11();
    else
        outlive();
    return 0;
}
