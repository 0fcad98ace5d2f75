/* Calls into libraries. What is volatile or NOINLINE is so that the optimizer leaves a call a call;
 * what is static inline it may well inline, and its calls count the same. */
#include "common.h"
#include "external.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile size_t bytes = 200;
static volatile double half = 0.5;
static char *volatile text = "some text";
char from[256], to[256]; /* not static: nobody knows what is in them */
static void *volatile kept;

static inline void copies(void) // calls: copies 3
{
    memcpy(to, from, bytes);    // calls: memcpy 3 outside
    memmove(to, to + 1, bytes); // calls: memmove 3 outside
    memset(to, 'x', bytes);     // calls: memset 3 outside
    memcpy(to, from, 8);        /* of a constant length */
    TOUCH();
}

NOINLINE void allocates(void) // calls: allocates 4
{
    kept = malloc(bytes); // calls: malloc 4 outside
    TOUCH();
    free(kept); // calls: free 4 outside
}

NOINLINE int reads_and_writes(void) // calls: reads_and_writes 1
{
    int ends[2], sum = pipe(ends); // calls: pipe 1 outside
    for (int i = 0; i < 6; i++)
        sum += (int)write(ends[1], text, 4); // calls: write 7 outside
    for (int i = 0; i < 5; i++)
        sum += (int)read(ends[0], to, 4); // calls: read 6 outside
    errno = 0;
    sum += (int)read(-1, to, 1);
    TOUCH();
    return sum + 1000 * (errno == EBADF);
}

NOINLINE void locks(void) // calls: locks 1
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    for (int i = 0; i < 7; i++) {
        pthread_mutex_lock(&mutex); // calls: pthread_mutex_lock 7 outside
        TOUCH();
        pthread_mutex_unlock(&mutex); // calls: pthread_mutex_unlock 7 outside
    }
}

NOINLINE static int compare(const void *a, const void *b) // calls: compare 5
{
    TOUCH();
    return *(const int *)a - *(const int *)b;
}

NOINLINE int sorts(void) // calls: sorts 5
{
    int values[] = {(int)bytes, 1};
    qsort(values, 2, sizeof *values, compare); // calls: qsort 5 outside
    TOUCH();
    return values[0];
}

NOINLINE int mathematics(void) // calls: mathematics 2
{
    double sum = cos(half) + pow(half, half); // calls: cos 2 outside // calls: pow 2 outside
    TOUCH();
    return (int)(100 * sum);
}

NOINLINE int formats(char *into, const char *format, ...) // calls: formats 2
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(into, 64, format, list); // calls: vsnprintf 2 outside
    va_end(list);
    TOUCH();
    return length;
}

NOINLINE long structs(int add) // calls: structs 3
{
    struct large one = {{1, 2, 3, 4, 5, 6, 7, 8, 9}};
    struct large two = outside_struct(one, add); // calls: outside_struct 3 outside
    TOUCH();
    return two.values[8] + one.values[0];
}

NOINLINE int back(int x) // calls: back 4
{
    TOUCH();
    return x < 10 ? outside_calls(back, 10) : x; // calls: outside_calls 2 outside
}

NOINLINE int ends_in_call(int x) // calls: ends_in_call 2
{
    return outside_tail(x); // calls: outside_tail 2 outside
}

static inline int inner(int x) // calls: inner 2
{
    TOUCH();
    return x + (getppid() > 0); // calls: getppid 2 outside
}

UNHOOKED NOINLINE int not_hooked(int x)
{
    return inner(x) + inner(x + 1);
}

static jmp_buf place;

NOINLINE void jumps(int n) // calls: jumps 3
{
    TOUCH();
    longjmp(place, n); // calls: longjmp 3 outside
}

NOINLINE int lands(void) // calls: lands 1
{
    volatile int times = 0;
    setjmp(place);
    if (++times <= 3)
        jumps(times);
    kept = strdup(text); // calls: strdup 1 outside
    TOUCH();
    return times;
}

NOINLINE int through_pointer(void) // calls: through_pointer 1
{
    static int (*volatile pointer)(const char *) = atoi;
    TOUCH();
    return pointer("12");
}

NOINLINE void at_end(void) // calls: at_end 1
{
    TOUCH();
    write(STDOUT_FILENO, "end\n", 4);
}

int main(void) // calls: main 1
{
    long sum = 0;
    atexit(at_end); // calls: atexit 1 outside
    for (int i = 0; i < 3; i++)
        copies();
    for (int i = 0; i < 4; i++)
        allocates();
    sum += reads_and_writes();
    locks();
    for (int i = 0; i < 5; i++)
        sum += sorts();
    sum += mathematics() + mathematics();
    sum += formats(to, "%d %s", 1, text) + formats(to, "%f %c", half, 'c');
    sum += structs(1) + structs(2) + structs(3);
    sum += outside_calls(back, 9);
    sum += ends_in_call(1) + ends_in_call(2);
    sum += not_hooked(1) + lands() + through_pointer();
    printf("%ld %ld %s\n", sum, touched, to); // calls: printf 1 outside
    fflush(stdout);                           // calls: fflush 1 outside
    exit(0);                                  // calls: exit 1 outside
}

// edge: main -> copies 3
// edge: copies -> memcpy 3
// edge: copies -> memmove 3
// edge: copies -> memset 3
// edge: main -> allocates 4
// edge: allocates -> malloc 4
// edge: allocates -> free 4
// edge: main -> reads_and_writes 1
// edge: reads_and_writes -> pipe 1
// edge: reads_and_writes -> write 6
// edge: reads_and_writes -> read 6
// edge: main -> locks 1
// edge: locks -> pthread_mutex_lock 7
// edge: locks -> pthread_mutex_unlock 7
// edge: main -> sorts 5
// edge: sorts -> qsort 5
// edge: qsort -> compare 5
// edge: main -> mathematics 2
// edge: mathematics -> cos 2
// edge: mathematics -> pow 2
// edge: main -> formats 2
// edge: formats -> vsnprintf 2
// edge: main -> structs 3
// edge: structs -> outside_struct 3
// edge: main -> outside_calls 1
// edge: outside_calls -> back 4
// edge: back -> outside_calls 1
// edge: main -> ends_in_call 2
// edge: ends_in_call -> outside_tail 2
// edge: main -> inner 2
// edge: inner -> getppid 2
// edge: main -> lands 1
// edge: lands -> jumps 3
// edge: jumps -> longjmp 3
// edge: lands -> strdup 1
// edge: main -> through_pointer 1
// edge: main -> atexit 1
// edge: main -> printf 1
// edge: main -> fflush 1
// edge: main -> exit 1
// edge: exit -> at_end 1
// edge: at_end -> write 1
