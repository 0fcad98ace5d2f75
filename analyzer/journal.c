#include "journal.h"

#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* Not all headers know them. */
#ifndef CIFS_SUPER_MAGIC
#define CIFS_SUPER_MAGIC 0xFF534D42
#endif
#ifndef SMB2_SUPER_MAGIC
#define SMB2_SUPER_MAGIC 0xFE534D42
#endif

/* The log needs memory that all who use the database share: those of one machine. */
static bool is_of_this_machine(const char *path)
{
    static const unsigned long others[] = {NFS_SUPER_MAGIC,  CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
                                           SMB_SUPER_MAGIC,  CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC,
                                           CODA_SUPER_MAGIC, V9FS_MAGIC,       FUSE_SUPER_MAGIC};
    struct statfs about;
    if (statfs(path, &about) != 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (((unsigned long)about.f_type & 0xFFFFFFFF) == others[i])
            return false;
    return true;
}

void journal_allow_readers(struct database *database)
{
    /* It is no matter if this fails, and nothing to wait for: the next one who writes tries again.
     */
    if (!is_of_this_machine(database->draft ? database->draft : database->path))
        return;
    sqlite3_busy_timeout(database->handle, 0);
    sqlite3_exec(database->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
}

const char *journal_unchanging(struct pool *pool, const char *path)
{
    struct stat about;
    if (stat(pool_format(pool, "%s-wal", path), &about) == 0 && about.st_size > 0)
        return NULL;
    char *uri = pool_take(pool, 3 * strlen(path) + sizeof "file:?immutable=1"), *end = uri;
    end += sprintf(end, "file:");
    for (const char *p = path; *p; p++)
        end += sprintf(end, strchr("%?#", *p) ? "%%%02X" : "%c", (unsigned char)*p);
    strcpy(end, "?immutable=1");
    return uri;
}
