#include "advice_names.h"

#include <string.h>

#include "text.h"

/* Names of a deed, separated by blanks. What begins with ^ are all names with this beginning: those
 * of C++'s new and delete. */
static const struct {
    const char *title, *names;
} deeds[DEEDS] = {
    [DEED_INPUT_OUTPUT] =
        {"input and output",
         "read pread pread64 readv preadv write pwrite pwrite64 writev pwritev lseek lseek64 fsync"
         " fdatasync msync sync_file_range open open64 openat openat64 creat close fopen fopen64"
         " fclose fread fwrite fflush fseek ftell fgets fputs puts fgetc getc getchar fputc putc"
         " putchar getline send sendto sendmsg recv recvfrom recvmsg accept accept4 connect"
         " getaddrinfo stat stat64 fstat fstat64 lstat lstat64 fstatat access opendir readdir"
         " readdir64 rename unlink ftruncate ftruncate64 fcntl fcntl64 ioctl mmap mmap64 munmap"},
    [DEED_WAIT] = {"waiting",
                   "sleep usleep nanosleep clock_nanosleep poll ppoll select pselect epoll_wait"
                   " epoll_pwait pthread_cond_wait pthread_cond_timedwait pthread_cond_clockwait"
                   " pthread_join pthread_barrier_wait sem_wait sem_timedwait wait waitpid"
                   " sched_yield"},
    [DEED_LOCK] = {"locks",
                   "pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock"
                   " pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_rwlock_unlock"
                   " pthread_spin_lock pthread_spin_unlock mtx_lock mtx_unlock flock lockf"},
    [DEED_MEMORY] = {"memory",
                     "malloc calloc realloc reallocarray free posix_memalign aligned_alloc memalign"
                     " strdup strndup ^_Znw ^_Zna ^_Zdl ^_Zda"},
    [DEED_STATEMENT] = {"statements of a database",
                        "sqlite3_exec sqlite3_prepare sqlite3_prepare_v2 sqlite3_prepare_v3"
                        " sqlite3_reset PQexec PQexecParams PQexecPrepared PQprepare mysql_query"
                        " mysql_real_query mysql_stmt_execute mysql_stmt_prepare"},
    [DEED_ROW] = {"statements too, but rows of one if it is called directly", "sqlite3_step"},
};

/* Whether one of the words of the list is the text. */
static bool has_word(const char *list, const char *text, size_t length)
{
    for (const char *word = list; *word; word += strspn(word, " ")) {
        size_t size = strcspn(word, " ");
        bool beginning = *word == '^';
        if (beginning ? length >= size - 1 && memcmp(word + 1, text, size - 1) == 0
                      : length == size && memcmp(word, text, size) == 0)
            return true;
        word += size;
    }
    return false;
}

enum deed names_deed(const char *linkage_name)
{
    for (int deed = DEED_NONE + 1; deed < DEEDS; deed++)
        if (has_word(deeds[deed].names, linkage_name, strlen(linkage_name)))
            return (enum deed)deed;
    return DEED_NONE;
}

/* Words of a name, in small letters: `anywhere` tell by themselves, `first` if the function's own
 * name begins with them, a `verb` if a `format` is in the name, too. */
static const char anywhere[] =
    "printf fprintf sprintf snprintf asprintf dprintf vprintf vfprintf vsprintf vsnprintf vasprintf"
    " scanf fscanf sscanf strftime strptime stringify tostring tojson fromjson ^serializ ^serialis"
    " ^deserializ ^deserialis ^unserializ ^unserialis ^marshal ^unmarshal";
static const char first[] = "format vformat dump dumps";
static const char verbs[] =
    "encode decode parse read write load loads save print emit dump dumps to"
    " from into";
static const char formats[] = "json xml yaml toml csv html proto protobuf msgpack cbor bson asn1"
                              " base64 hex";

/* Likewise of wrappers of the C library's functions: anywhere; and at a name's end. */
static const char allocations[] = "malloc calloc realloc";
static const char last[] = "alloc free allocate deallocate";

enum { LONGEST_WORD = 32 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* Takes the next word into `word`, in small letters: "to", "json" and "value" of "to_jsonValue",
 * "xml" and "parse" of "XMLParse". Returns where it ends, or NULL behind the last one. */
static const char *next_word(const char *at, char *word, size_t size)
{
    size_t length = 0;
    while (*at && !is_letter(*at))
        at++;
    if (!*at)
        return NULL;
    const char *begin = at;
    for (; is_letter(*at); at++) {
        bool hump = at > begin && is_upper(*at) &&
                    (!is_upper(at[-1]) || (is_letter(at[1]) && !is_upper(at[1])));
        if (hump)
            break;
        if (length + 1 < size)
            word[length++] = lower(*at);
    }
    word[length] = '\0';
    return at;
}

static const char *without_brackets(struct pool *pool, const char *name)
{
    char *result = pool_take(pool, strlen(name) + 1);
    char *end = result;
    int depth = 0;
    for (; *name; name++) {
        depth += *name == '<';
        if (depth == 0)
            *end++ = *name;
        depth -= *name == '>' && depth > 0;
    }
    *end = '\0';
    return result;
}

/* A function's own name, and where in the whole it begins. */
static const char *own_name(struct pool *pool, const char *name, const char **whole)
{
    *whole = without_brackets(pool, text_bare_name(pool, name));
    return text_last_name(*whole);
}

bool names_is_serialization(struct pool *pool, const char *name)
{
    const char *whole;
    const char *own = own_name(pool, name, &whole);
    bool verb = false, format = false, is_first = true, to = false;
    char word[LONGEST_WORD];
    for (const char *at = whole; (at = next_word(at, word, sizeof word));) {
        size_t length = strlen(word);
        format |= has_word(formats, word, length);
        if (at <= own)
            continue;
        if (has_word(anywhere, word, length) || (is_first && has_word(first, word, length)) ||
            (to && strcmp(word, "string") == 0))
            return true;
        verb |= has_word(verbs, word, length);
        to = strcmp(word, "to") == 0;
        is_first = false;
    }
    return verb && format;
}

bool names_is_allocation(struct pool *pool, const char *name)
{
    const char *whole;
    bool found = false;
    char word[LONGEST_WORD];
    for (const char *at = own_name(pool, name, &whole); (at = next_word(at, word, sizeof word));) {
        if (has_word(allocations, word, strlen(word)))
            return true;
        found = has_word(last, word, strlen(word));
    }
    return found;
}

/* "a, b, c", with ^x as x… */
static const char *listed(struct pool *pool, const char *list)
{
    char *text = pool_take(pool, 2 * strlen(list) + sizeof "…");
    char *end = text;
    for (const char *word = list; *word; word += strspn(word, " ")) {
        size_t size = strcspn(word, " ");
        size_t skipped = *word == '^';
        end += snprintf(end, 8 + size, "%s%.*s%s", end == text ? "" : ", ", (int)(size - skipped),
                        word + skipped, skipped ? "…" : "");
        word += size;
    }
    return text;
}

static const char *deed(struct pool *pool, enum deed which)
{
    return pool_format(pool, "%s: %s", deeds[which].title, listed(pool, deeds[which].names));
}

const char *names_of_deeds(struct pool *pool)
{
    const char *text = deed(pool, DEED_NONE + 1);
    for (int which = DEED_NONE + 2; which < DEEDS; which++)
        text = pool_format(pool, "%s; %s", text, deed(pool, (enum deed)which));
    return pool_format(pool, "For %s.", text);
}

const char *names_of_memory(struct pool *pool)
{
    return pool_format(pool,
                       "For %s. Names of other functions are taken apart at underscores and "
                       "capital letters; these words tell: %s; and at the end %s.",
                       deed(pool, DEED_MEMORY), listed(pool, allocations), listed(pool, last));
}

const char *names_of_waiting(struct pool *pool)
{
    return pool_format(pool, "For %s; %s; %s.", deed(pool, DEED_INPUT_OUTPUT),
                       deed(pool, DEED_WAIT), deed(pool, DEED_LOCK));
}

const char *names_of_serialization(struct pool *pool)
{
    return pool_format(pool,
                       "A name is taken apart at underscores and capital letters. These words tell "
                       "by themselves: %s. These, if the name begins with them: %s; and 'to' "
                       "before 'string'. These, if the name, its class or its namespace names a "
                       "format: %s. Formats are: %s.",
                       listed(pool, anywhere), listed(pool, first), listed(pool, verbs),
                       listed(pool, formats));
}
