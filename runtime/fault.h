/* The file cut short while the program runs. */
#ifndef PROFINST_FAULT_H
#define PROFINST_FAULT_H

/* Touching a page of the profile that somebody has cut off (or that the disk cannot deliver) is a
 * SIGBUS. From now on those are caught; all others are the program's, as before. A handler that the
 * program installs later takes the place of this one. */
void profinst__fault_prepare(void);

#endif
