/* foreign.cpp, which is compiled without the plugin. */
#ifndef FOREIGN_H
#define FOREIGN_H

#ifdef __cplusplus
extern "C" {
#endif
void foreign_call(void (*function)(void));
int foreign_catch(void (*function)(void)); /* 100 if it caught an exception */
void foreign_throw(void);
#ifdef __cplusplus
}
#endif

#endif
