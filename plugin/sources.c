#define _GNU_SOURCE
#include "sources.h"
#include "bridge.h"
#include "text.h"
#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct source_function {
    struct source_place place;
    char name[]; /* plain, see below */
};

static void *functions; /* a tree of tsearch(3) */
static bool known;

/* Length of the number at the front of the text. */
static size_t digits(const char *text, const char *end)
{
    size_t length = 0;
    while (text + length < end && isdigit((unsigned char)text[length]))
        length++;
    return length;
}

/* Length of a discriminator at the front of the text: _0 to _9, or __10_ and on. 0 if it is none.
 */
static size_t discriminator(const char *text, const char *end)
{
    if (end - text < 2 || text[0] != '_')
        return 0;
    if (isdigit((unsigned char)text[1]))
        return 2;
    size_t length = text[1] == '_' ? digits(text + 2, end) : 0;
    return length > 0 && text + 2 + length < end && text[2 + length] == '_' ? length + 3 : 0;
}

/* Length of an element at the front of the text that has digits which are no identifier's length: a
 * substitution or template parameter (S1_, T_), a size of an array or vector (A10_, Dv4_), a
 * literal (Li5E). 0 if it is none. */
static size_t numbered_element(const char *text, const char *end)
{
    const char *p = text + 1;
    if (*text == 'L' && p < end && islower((unsigned char)*p)) {
        p = memchr(p, 'E', (size_t)(end - p));
        return p ? (size_t)(p - text) + 1 : 0;
    }
    if (*text == 'D' && p < end && *p == 'v')
        p++;
    else if (*text != 'S' && *text != 'T' && *text != 'A')
        return 0;
    while (p < end && (isdigit((unsigned char)*p) || (isupper((unsigned char)*p) && *text != 'A')))
        p++;
    return p < end && *p == '_' ? (size_t)(p - text) + 1 : 0;
}

/* Copies a linkage name without what the code generator may choose otherwise: the mark \1 with
 * which it tells LLVM to take the name as it is, and, in names of C++, the numbers of types without
 * a name (3$_0 for a lambda) and of local ones of the same name, which it gives in the order in
 * which it meets them. https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling */
static void write_plain(char *plain, const char *name, size_t length)
{
    const char *end = name + length;
    if (name < end && *name == '\1')
        name++;
    const bool mangled = end - name > 2 && name[0] == '_' && name[1] == 'Z';
    const bool local = mangled && memchr(name + 2, 'Z', (size_t)(end - name) - 2);
    while (name < end) {
        const char *identifier = name + (mangled ? digits(name, end) : 0);
        size_t kept = 1, passed = 1;
        if (identifier > name) {
            size_t size = strtoul(name, NULL, 10), left = (size_t)(end - identifier);
            passed = (size_t)(identifier - name) + (size < left ? size : left);
            kept = passed;
            if (size >= 2 && left >= 2 && identifier[0] == '$' && identifier[1] == '_')
                kept = 0;
        } else if (mangled && numbered_element(name, end)) {
            kept = passed = numbered_element(name, end);
        } else if (local && discriminator(name, end)) {
            kept = 0;
            passed = discriminator(name, end);
        }
        memcpy(plain, name, kept);
        plain += kept;
        name += passed;
    }
    *plain = '\0';
}

static int compare(const void *a, const void *b)
{
    const struct source_function *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static struct source_function *make(const char *name, size_t length)
{
    struct source_function *function = calloc(1, sizeof *function + length + 1);
    if (!function)
        abort(); /* as LLVM does */
    write_plain(function->name, name, length);
    return function;
}

/* Files and names come many times over; each is kept once. */
const char *sources_keep(const char *text)
{
    static void *texts;
    const char **found = tsearch(text, &texts, (int (*)(const void *, const void *))strcmp);
    char *copy = found ? *found == text ? strdup(text) : NULL : NULL;
    if (!found || (*found == text && !copy))
        abort();
    if (copy)
        *found = copy;
    return *found;
}

void profinst_sources_begin(void)
{
    tdestroy(functions, free);
    functions = NULL;
    known = true;
}

void profinst_sources_add(const char *linkage_name, const struct source_place *place)
{
    struct source_function *function = make(linkage_name, strlen(linkage_name));
    function->place = *place;
    function->place.file = sources_keep(place->file);
    function->place.name = place->name ? sources_keep(place->name) : NULL;
    struct source_function **found = tsearch(function, &functions, compare);
    if (!found)
        abort();
    if (*found == function)
        return;
    /* Two lambdas of one type in one function: which is which is not known from the name. */
    struct source_place *first = &(*found)->place;
    if (first->line != place->line)
        first->line = 0;
    if (first->name != function->place.name)
        first->name = NULL;
    if (first->wish < place->wish)
        first->wish = place->wish;
    free(function);
}

bool sources_known(void)
{
    return known;
}

static const struct source_place *find(const char *name, size_t length)
{
    struct source_function *key = make(name, length);
    struct source_function *const *found = tfind(key, &functions, compare);
    free(key);
    return found ? &(*found)->place : NULL;
}

/* Pieces that the compiler cut out of a function. */
static bool is_made_up(const char *suffix)
{
    static const char *const pieces[] = {".cold", ".__await_suspend_wrapper__", ".omp_outlined"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (text_starts(suffix, pieces[i]))
            return true;
    return false;
}

/* Length of what the code generator puts before names in C of functions that pass all they can in
 * registers. */
static size_t convention(const char *name)
{
    static const char *const prefixes[] = {"__regcall3__", "__regcall4__"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (text_starts(name, prefixes[i]))
            return strlen(prefixes[i]);
    return 0;
}

const struct source_place *sources_find(const char *linkage_name)
{
    linkage_name += convention(linkage_name);
    const struct source_place *place = find(linkage_name, strlen(linkage_name));
    if (place)
        return place;
    /* Parts of a coroutine, versions for processors and clones are named after the function, with a
     * suffix. */
    const char *suffix = strchr(linkage_name, '.');
    if (!suffix || is_made_up(suffix))
        return NULL;
    return find(linkage_name, (size_t)(suffix - linkage_name));
}

/* Takes all suffixes of a kind, and their numbers, out of a name. */
static void cut(char *name, const char *kind)
{
    for (char *suffix; (suffix = strstr(name, kind));) {
        const char *rest = suffix + strlen(kind);
        rest += strspn(rest, "0123456789");
        memmove(suffix, rest, strlen(rest) + 1);
    }
}

/* Takes the number by which the compiler tells copies of one function apart out of a name, which in
 * C and C++ has no dot of its own. */
static void cut_number(char *name)
{
    char *dot = strchr(name, '.');
    size_t digits = dot ? strspn(dot + 1, "0123456789") : 0;
    const char *rest = digits ? dot + 1 + digits : "-";
    if (*rest == '\0' || *rest == '.')
        memmove(dot, rest, strlen(rest) + 1);
}

char *sources_name(const char *linkage_name)
{
    if (*linkage_name == '\1')
        linkage_name++;
    char *name = strdup(linkage_name);
    if (!name)
        abort(); /* as LLVM does */
    cut(name, ".specialized.");
    cut(name, ".__uniq.");
    cut_number(name);
    return name;
}
