/* What external*.c and external.cpp call that is in another file. */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#ifdef __cplusplus
extern "C" {
#endif

struct large {
    long values[9];
};

/* external_outside.c and .cpp, which are compiled without the plugin. */
struct large outside_struct(struct large by_value, int add);
int outside_calls(int (*callback)(int), int argument);
int outside_tail(int x);
int outside_throws(int x);

/* external_there.c, which is part of the build. */
int hooked_there(int x);
int unhooked_there(int x);
int alias_there(int x);
int chosen_there(int x);

#ifdef __cplusplus
}
#endif
#endif
