/* Counts the words of a text in two threads, of which main's is one, the same in every run:
 * two_threads [KILOBYTES]. Each has a text, a table and a list of its own, so neither waits for the
 * other before the end. Functions are short and long, shared by both, and called back from the C
 * library's sort. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As of a function in another file. */
#define APART __attribute__((noinline))

/* Few enough for their table to stay in the caches, whatever else the machine does. */
enum { WORDS = 4096 };

struct word {
    struct word *next; /* of the same slot */
    unsigned count;
    char text[];
};

struct table {
    struct word **slots;
    size_t slot_count, words;
};

struct job {
    size_t size;
    unsigned seed;
    uint64_t result;
};

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static APART unsigned random_number(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Words of a vocabulary in which low numbers are frequent, as in a language. */
static APART char *make_text(size_t size, unsigned seed)
{
    char *text = must(malloc(size + 32));
    size_t at = 0;
    while (at < size) {
        uint64_t number = random_number(&seed) % WORDS;
        number = number * number / WORDS * (random_number(&seed) % WORDS) / WORDS;
        do {
            text[at++] = "etaoinshrdlucmfw"[number % 16];
            number /= 16;
        } while (number);
        text[at++] = random_number(&seed) % 12 ? ' ' : '\n';
    }
    text[at] = '\0';
    return text;
}

static APART uint32_t hash(const char *text, size_t length)
{
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)text[i]) * 16777619u;
    return value ^ value >> 15;
}

static APART void grow(struct table *table)
{
    struct word **old = table->slots;
    size_t old_count = table->slot_count;
    table->slot_count = old_count ? old_count * 2 : 64;
    table->slots = must(calloc(table->slot_count, sizeof *table->slots));
    for (size_t i = 0; i < old_count; i++)
        for (struct word *word = old[i], *next; word; word = next) {
            struct word **slot =
                &table->slots[hash(word->text, strlen(word->text)) % table->slot_count];
            next = word->next;
            word->next = *slot;
            *slot = word;
        }
    free(old);
}

static APART int is_word(const struct word *word, const char *text, size_t length)
{
    return strncmp(word->text, text, length) == 0 && word->text[length] == '\0';
}

static APART struct word *look_up(struct table *table, const char *text, size_t length)
{
    if (table->words == table->slot_count)
        grow(table);
    struct word **slot = &table->slots[hash(text, length) % table->slot_count];
    for (struct word *word = *slot; word; word = word->next)
        if (is_word(word, text, length))
            return word;
    struct word *word = must(calloc(1, sizeof *word + length + 1));
    memcpy(word->text, text, length);
    word->next = *slot;
    *slot = word;
    table->words++;
    return word;
}

static APART void count_words(struct table *table, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (length > 0)
            look_up(table, text, length)->count++;
        text += length + (text[length] != '\0');
    }
}

static int by_count(const void *left, const void *right)
{
    const struct word *a = *(struct word *const *)left, *b = *(struct word *const *)right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->text, b->text);
}

static APART struct word **sorted(const struct table *table)
{
    struct word **list = must(malloc((table->words + 1) * sizeof *list));
    size_t count = 0;
    for (size_t i = 0; i < table->slot_count; i++)
        for (struct word *word = table->slots[i]; word; word = word->next)
            list[count++] = word;
    qsort(list, count, sizeof *list, by_count);
    return list;
}

static APART unsigned distance(const char *a, const char *b)
{
    unsigned row[32];
    size_t length = strlen(b);
    for (size_t j = 0; j <= length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i]; i++) {
        unsigned diagonal = row[0];
        row[0]++;
        for (size_t j = 0; j < length; j++) {
            unsigned least = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
            unsigned replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = least < replaced ? least : replaced;
        }
    }
    return row[length];
}

/* How many pairs among the words are like each other. */
static APART uint64_t alike(struct word **list, size_t count)
{
    uint64_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            pairs += distance(list[i]->text, list[j]->text) < 2;
    return pairs;
}

static APART void release(struct table *table, struct word **list)
{
    for (size_t i = 0; i < table->words; i++)
        free(list[i]);
    free(list);
    free(table->slots);
}

static void *work(void *argument)
{
    struct job *job = argument;
    struct table table = {0};
    char *text = make_text(job->size, job->seed);
    count_words(&table, text);
    struct word **list = sorted(&table);
    job->result = alike(list, table.words < 1000 ? table.words : 1000) + table.words;
    release(&table, list);
    free(text);
    return NULL;
}

int main(int count, char **arguments)
{
    size_t size = (count > 1 ? strtoul(arguments[1], NULL, 10) : 1000) * 1024;
    struct job jobs[2] = {{size + size / 4, 1, 0}, {size, 2, 0}}; /* the other is done first */
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, &jobs[1]) != 0)
        abort();
    work(&jobs[0]);
    pthread_join(thread, NULL);
    printf("%llu %llu\n", (unsigned long long)jobs[0].result, (unsigned long long)jobs[1].result);
    return 0;
}
