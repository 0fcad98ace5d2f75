/* Counts the words of a text that it makes up, in a tree: the example of docs/READING.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 2000000, LONGEST = 12, COMMON = 5000 };

struct node {
    char word[LONGEST + 1];
    long count;
    struct node *less, *more;
};

/* The same numbers in every run. */
static unsigned draw(unsigned limit)
{
    static unsigned long long state = 1;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % limit;
}

/* Few of the words are frequent, as in a language. */
static void make_word(char *word)
{
    unsigned rank = draw(COMMON);
    unsigned number = rank * rank / COMMON;
    size_t length = 0;
    do {
        word[length++] = (char)('a' + number % 26);
        number /= 26;
    } while (number > 0);
    word[length] = '\0';
}

static char *make_text(void)
{
    char *text = malloc((size_t)WORDS * (LONGEST + 1) + 1);
    char *end = text;
    for (int i = 0; i < WORDS; i++) {
        make_word(end);
        end += strlen(end);
        *end++ = ' ';
    }
    *end = '\0';
    return text;
}

static int is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Copies the word that stands at the text's beginning, and returns where the next one is. */
__attribute__((noinline)) static const char *next_word(const char *text, char *word)
{
    while (is_letter(*text))
        *word++ = *text++;
    *word = '\0';
    return text + 1;
}

static struct node *make_node(const char *word)
{
    struct node *node = calloc(1, sizeof *node);
    strcpy(node->word, word);
    return node;
}

/* Goes down the tree, one call deeper at each step. */
__attribute__((noinline)) static struct node *count(struct node *tree, const char *word)
{
    if (!tree)
        tree = make_node(word);
    int order = strcmp(word, tree->word);
    if (order == 0)
        tree->count++;
    else if (order < 0)
        tree->less = count(tree->less, word);
    else
        tree->more = count(tree->more, word);
    return tree;
}

static struct node *count_words(const char *text)
{
    struct node *tree = NULL;
    char word[LONGEST + 1];
    while (*text) {
        text = next_word(text, word);
        tree = count(tree, word);
    }
    return tree;
}

static const struct node *most_frequent(const struct node *tree)
{
    const struct node *best = tree;
    for (int side = 0; side < 2; side++) {
        const struct node *below = side ? tree->more : tree->less;
        const struct node *other = below ? most_frequent(below) : NULL;
        if (other && other->count > best->count)
            best = other;
    }
    return best;
}

int main(void)
{
    char *text = make_text();
    const struct node *tree = count_words(text);
    const struct node *best = most_frequent(tree);
    printf("%s %ld\n", best->word, best->count);
    free(text);
    return 0;
}
