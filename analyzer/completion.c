#include "completion.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words of small letters among those between bars: "table|json", but not "NUMBER|NAME". */
static const char *find_words(struct pool *pool, const char *name)
{
    char *words = pool_take(pool, strlen(name) + 1), *end = words;
    for (const char *at = name; *at;) {
        size_t length = strcspn(at, "|");
        if (islower((unsigned char)*at)) {
            if (end != words)
                *end++ = ' ';
            memcpy(end, at, length);
            end += length;
        }
        at += length + (at[length] == '|');
    }
    *end = '\0';
    return words;
}

static struct completion_argument find_argument(struct pool *pool, const char *name)
{
    struct completion_argument argument = {.words = ""};
    if (strchr(name, '|'))
        argument.words = find_words(pool, name);
    if (*argument.words)
        argument.kind = COMPLETE_WORDS;
    else if (strstr(name, "PROFILE"))
        argument.kind = COMPLETE_PROFILE;
    else if (strstr(name, "FILE"))
        argument.kind = COMPLETE_FILE;
    return argument;
}

/* What stands in a usage like "-o FILE [PROFILE...]" that is neither an option nor its argument. Of
 * several usages the first with such a thing tells. */
static struct completion_argument find_operands(struct pool *pool, const char *usage)
{
    char *text = pool_copy(pool, usage ? usage : ""), *rest = text;
    bool option = false;
    for (char *word; (word = strtok_r(rest, " \n[].", &rest));) {
        if (!option && *word != '-')
            return find_argument(pool, word);
        option = *word == '-' && !strchr(word, '=');
    }
    return (struct completion_argument){.words = ""};
}

/* Up to where it begins to tell details: shells have a line for it. */
static const char *find_beginning(struct pool *pool, const char *doc)
{
    static const char *const ends[] = {"; ", " (", ". ", ": "};
    size_t length = strlen(doc);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = strstr(doc, ends[i]);
        if (end && (size_t)(end - doc) < length)
            length = (size_t)(end - doc);
    }
    return pool_format(pool, "%.*s", (int)length, doc);
}

struct list {
    struct pool *pool;
    struct completion_option *options;
    size_t count, capacity;
};

static void add(struct list *list, const struct argp_option *option)
{
    const char *what = option->arg, *doc = option->doc ? option->doc : "";
    list->options = memory_grow(list->options, &list->capacity, list->count, sizeof *list->options);
    list->options[list->count++] = (struct completion_option){
        .name = option->name,
        .letter = isascii(option->key) && isprint(option->key) ? (char)option->key : '\0',
        .what = what,
        .optional = option->flags & OPTION_ARG_OPTIONAL,
        .argument = what ? find_argument(list->pool, what) : (struct completion_argument){0},
        .repeated = strstr(doc, "several times"),
        .doc = find_beginning(list->pool, doc),
    };
}

static bool is_option(const struct argp_option *option)
{
    return option->name && !(option->flags & (OPTION_HIDDEN | OPTION_DOC));
}

static void add_options(struct list *list, const struct argp *parser)
{
    const struct argp_option *option = parser->options, *meant = option;
    for (; option && (option->name || option->key || option->doc || option->group); option++) {
        struct argp_option known = *option;
        if (option->flags & OPTION_ALIAS) {
            known.arg = meant->arg;
            known.doc = meant->doc;
            known.flags |= meant->flags & OPTION_ARG_OPTIONAL;
        } else {
            meant = option;
        }
        if (is_option(&known))
            add(list, &known);
    }
    for (const struct argp_child *child = parser->children; child && child->argp; child++)
        add_options(list, child->argp);
}

/* That argp adds itself. */
static const struct argp_option common_options[] = {
    {.name = "help", .key = '?', .doc = "Explain the command and its options"},
    {.name = "usage", .doc = "Print a short usage message"},
    {.name = "version", .key = 'V', .doc = "Print the version"},
};

static int by_name(const void *left, const void *right)
{
    const struct completion_option *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static struct completion_command make_command(struct pool *pool, const struct command *command)
{
    struct list list = {.pool = pool};
    add_options(&list, command->parser);
    for (size_t i = 0; i < sizeof common_options / sizeof *common_options; i++)
        add(&list, &common_options[i]);
    qsort(list.options, list.count, sizeof *list.options, by_name);
    return (struct completion_command){
        .name = command->name,
        .help = command->help,
        .options = list.options,
        .option_count = list.count,
        .operands = find_operands(pool, command->parser->args_doc),
    };
}

struct completion completion_make(void)
{
    struct completion completion = {.names = ""};
    struct pool *pool = &completion.pool;
    size_t count = 0;
    while (commands[count])
        count++;
    completion.commands = memory_array(count + 1, sizeof *completion.commands);
    for (size_t i = 0; i < count; i++) {
        completion.commands[i] = make_command(pool, commands[i]);
        completion.names =
            pool_format(pool, "%s%s%s", completion.names, i ? " " : "", commands[i]->name);
    }
    completion.commands[count] = (struct completion_command){
        .name = "help",
        .help = "Explain a command",
        .operands = {COMPLETE_WORDS, completion.names},
    };
    completion.names = pool_format(pool, "%s help", completion.names);
    completion.count = count + 1;
    return completion;
}

void completion_free(struct completion *completion)
{
    for (size_t i = 0; i < completion->count; i++)
        free(completion->commands[i].options);
    free(completion->commands);
    pool_free(&completion->pool);
}

const char *completion_quote(struct pool *pool, const char *text)
{
    char *result = pool_take(pool, 4 * strlen(text) + 3), *end = result;
    *end++ = '\'';
    for (; *text; text++) {
        if (*text == '\'') {
            memcpy(end, "'\\''", 4);
            end += 4;
        } else {
            *end++ = *text;
        }
    }
    memcpy(end, "'", 2);
    return result;
}
