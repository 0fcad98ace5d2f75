/* Where a profile goes. */
#ifndef PROFINST_PATH_H
#define PROFINST_PATH_H

/* Remembers the pattern (%p pid, %n program name, %% a percent sign), and the working directory if
 * it is relative to it: a fork after chdir(2) writes there too. */
void profinst__path_remember(const char *pattern);

/* Makes a new file for this process and returns its descriptor; -1 with errno. Where the name is
 * taken, a number is put before the ending. */
int profinst__path_open_new(void);

/* The path of that file, or of the last one tried. */
const char *profinst__path(void);

#endif
