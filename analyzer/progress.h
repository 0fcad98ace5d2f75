/* How far long work is, as a bar on standard error: only if that is a terminal, only of work that
 * takes more than half a second, and erased when it is done. There is one piece of work at a time;
 * steps without one are not told. Steps cost next to nothing. */
#ifndef PROFINST_ANALYZER_PROGRESS_H
#define PROFINST_ANALYZER_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* `what`: "Reading profiles". Each begin ends in one end. */
void progress_begin(const char *what);
void progress_end(void);

/* So many of `count` steps are done. */
void progress_step(uint64_t done, uint64_t count);

/* Work on files, each of which takes as long as it is large. Begins the work; tells which file is
 * next; and that the steps that follow are this part of the work on it. */
void progress_begin_files(const char *what, char *const *paths, size_t count);
void progress_next_file(const char *path);
void progress_file_part(double from, double to);

/* Work on `count` parts that take equally long: the same, each as if it was a file. */
void progress_begin_parts(const char *what, uint64_t count);
void progress_next_part(void);

/* Erases the bar, which comes back with a later step: before a message. */
void progress_hide(void);

#endif
