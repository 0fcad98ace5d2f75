/* The profile's file on disk, and how parts of it come into memory. It is grown with blocks
 * reserved in advance: touching a hole on a full disk would be a SIGBUS in somebody else's program.
 * All functions are called within a section, under the lock once there are several threads. */
#ifndef PROFINST_DISK_H
#define PROFINST_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Makes a new file with room for `size` bytes (or none), by profinst__path_open_new. On failure
 * says so on standard error and returns false. */
bool profinst__disk_make(uint64_t size);

/* Takes a file back that could not be filled (`error` says why), and says so. */
void profinst__disk_remove(int error);

/* Appends `size` bytes, whole pages of zeros, and maps them, shared and writable. NULL with errno
 * if there is no room. */
void *profinst__disk_append(uint64_t size);

/* Copies memory of whole pages to `offset` in the file, but for its first `skipped` bytes, and maps
 * that part of the file over it. */
bool profinst__disk_put_under(void *address, uint64_t size, uint64_t offset, uint64_t skipped);

/* Makes room that profinst__disk_append can use without a descriptor: a child of fork is often a
 * daemon, which closes them all and may change its root. It takes no space on the disk. */
void profinst__disk_make_spare(void);

/* At the end of the process: gives spare room back, and says so if the file is no longer there, or
 * no longer whole. */
void profinst__disk_end(void);

/* In the child of a fork: there is no file, the parent's is let go. */
void profinst__disk_forget(void);

/* What the file held is lost; says so, once. Safe in a signal handler. Nothing is appended after
 * that. */
void profinst__disk_give_up(void);
bool profinst__disk_is_lost(void);

#endif
