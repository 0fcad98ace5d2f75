/* Turns one of XRay's modes on and off again, in programs that do not do it themselves: the
 * flight-recorder and the profiling mode write nothing otherwise. Linked into the program, it reads
 * the mode from BENCH_XRAY_MODE. LLVM's headers for these functions are C++. */
#include <stdio.h>
#include <stdlib.h>

enum { INITIALIZED = 2 };

int __xray_log_select_mode(const char *mode);
int __xray_log_init_mode(const char *mode, const char *options);
int __xray_log_finalize(void);
int __xray_log_flushLog(void);
int __xray_patch(void);

static void stop(void)
{
    __xray_log_finalize();
    __xray_log_flushLog();
}

__attribute__((constructor)) static void start(void)
{
    const char *mode = getenv("BENCH_XRAY_MODE");
    if (!mode)
        return;
    if (__xray_log_select_mode(mode) != 0 || __xray_log_init_mode(mode, "") != INITIALIZED) {
        fprintf(stderr, "xray_start: XRay has no mode %s in this program\n", mode);
        exit(125);
    }
    atexit(stop);
    __xray_patch();
}
