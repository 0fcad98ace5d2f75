/* Files of rules. */
#ifndef PROFINST_FILTER_H
#define PROFINST_FILTER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the rules of a filter file: a special case list as the sanitizers have it, or a filter of
 * Score-P. NULL if all is good, otherwise a sentence that says what is not, owned by the caller. */
char *filter_read(const char *path);

/* Likewise for a list of functions, one name a line, which are to be selected. */
char *filter_read_list(const char *path);

/* The files read so far; NULL past the last. */
const char *filter_path(size_t index);

void filter_forget(void);

#ifdef __cplusplus
}
#endif

#endif
