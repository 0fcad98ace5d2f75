/* A small Lisp, and a program for it to run: numbers, lists, closures. It profiles well because an
 * interpreter calls itself in many ways. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 24, CHUNK = 4096, CHUNKS = 4096 };

enum type { NUMBER, SYMBOL, PAIR, BUILTIN, CLOSURE };

struct value {
    enum type type;
    union {
        long number;
        const char *name; /* symbols of one name are one object */
        struct {
            struct value *first, *rest;
        };
        struct value *(*builtin)(struct value *arguments);
        struct {
            struct value *parameters, *body, *scope;
        };
    };
};

static const char definitions[] =
    "(define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))"
    "(define range (lambda (from to)"
    "  (if (< from to) (cons from (range (+ from 1) to)) (list))))"
    "(define map (lambda (f l)"
    "  (if (empty l) l (cons (f (first l)) (map f (rest l))))))"
    "(define filter (lambda (f l)"
    "  (if (empty l) l"
    "    (if (f (first l)) (cons (first l) (filter f (rest l))) (filter f (rest l))))))"
    "(define fold (lambda (f sum l)"
    "  (if (empty l) sum (fold f (f sum (first l)) (rest l)))))"
    "(define append (lambda (a b)"
    "  (if (empty a) b (cons (first a) (append (rest a) b)))))"
    "(define sort (lambda (l)"
    "  (if (empty l) l"
    "    (append (sort (filter (lambda (x) (< x (first l))) (rest l)))"
    "      (cons (first l)"
    "        (sort (filter (lambda (x) (if (< x (first l)) 0 1)) (rest l))))))))"
    "(define max (lambda (a b) (if (< a b) b a)))"
    "(define divides (lambda (n d)"
    "  (if (< n (* d d)) 0 (if (= (mod n d) 0) 1 (divides n (+ d 2))))))"
    "(define prime (lambda (n) (if (= (mod n 2) 0) 0 (if (divides n 3) 0 1))))";

static const char expressions[] =
    "(fib 20)"
    "(fold + 0 (filter prime (range 3 3000)))"
    "(fold max 0 (sort (map (lambda (x) (mod (* x 7919) 3001)) (range 1 1000))))";

static struct value nil = {.type = PAIR};
static struct value *globals = &nil; /* list of (name . value), as every scope is */

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("lisp: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* Values. */

/* Values stand in chunks, in the order in which they are made: setting `used` back gives back all
 * that was made since. */
static struct value *chunks[CHUNKS];
static size_t used;

static struct value *make(enum type type)
{
    if (used == (size_t)CHUNK * CHUNKS)
        fail("out of memory");
    struct value **chunk = &chunks[used / CHUNK];
    if (!*chunk)
        *chunk = malloc(CHUNK * sizeof(**chunk));
    if (!*chunk)
        fail("out of memory");
    struct value *value = &(*chunk)[used++ % CHUNK];
    value->type = type;
    return value;
}

static struct value *make_number(long number)
{
    struct value *value = make(NUMBER);
    value->number = number;
    return value;
}

static struct value *make_pair(struct value *first, struct value *rest)
{
    struct value *value = make(PAIR);
    value->first = first;
    value->rest = rest;
    return value;
}

static struct value *make_symbol(const char *name, size_t length)
{
    static struct value *symbols = &nil;
    for (struct value *list = symbols; list != &nil; list = list->rest)
        if (strlen(list->first->name) == length && memcmp(list->first->name, name, length) == 0)
            return list->first;

    struct value *symbol = make(SYMBOL);
    symbol->name = strndup(name, length);
    if (!symbol->name)
        fail("out of memory");
    symbols = make_pair(symbol, symbols);
    return symbol;
}

static long number_of(const struct value *value)
{
    if (value->type != NUMBER)
        fail("number expected");
    return value->number;
}

static struct value *first_of(const struct value *list)
{
    if (list->type != PAIR || list == &nil)
        fail("list with an element expected");
    return list->first;
}

static struct value *second_of(const struct value *list)
{
    return first_of(list->rest);
}

static struct value *third_of(const struct value *list)
{
    return second_of(list->rest);
}

/* Reading. */

static void skip_space(const char **text)
{
    *text += strspn(*text, " \n");
}

static struct value *read_value(const char **text);

static struct value *read_list(const char **text)
{
    skip_space(text);
    if (**text == ')') {
        ++*text;
        return &nil;
    }
    struct value *first = read_value(text);
    return make_pair(first, read_list(text));
}

static struct value *read_value(const char **text)
{
    skip_space(text);
    if (**text == '\0')
        fail("')' expected");
    if (**text == '(') {
        ++*text;
        return read_list(text);
    }
    const char *start = *text;
    *text += strcspn(start, " \n()");
    if (start[0] >= '0' && start[0] <= '9')
        return make_number(strtol(start, NULL, 10));
    return make_symbol(start, (size_t)(*text - start));
}

/* Evaluation. */

static struct value *evaluate(struct value *value, struct value *scope);

static struct value *find_in(struct value *scope, const struct value *symbol)
{
    for (; scope != &nil; scope = scope->rest)
        if (scope->first->first == symbol)
            return scope->first;
    return NULL;
}

static struct value *look_up(const struct value *symbol, struct value *scope)
{
    struct value *found = find_in(scope, symbol);
    if (!found)
        found = find_in(globals, symbol);
    if (!found)
        fail("%s is not defined", symbol->name);
    return found->rest;
}

static struct value *define(struct value *symbol, struct value *value)
{
    globals = make_pair(make_pair(symbol, value), globals);
    return value;
}

static struct value *evaluate_all(struct value *list, struct value *scope)
{
    if (list == &nil)
        return &nil;
    struct value *first = evaluate(list->first, scope);
    return make_pair(first, evaluate_all(list->rest, scope));
}

static struct value *bind(struct value *parameters, struct value *arguments, struct value *scope)
{
    if (parameters == &nil)
        return scope;
    return make_pair(make_pair(first_of(parameters), first_of(arguments)),
                     bind(parameters->rest, arguments->rest, scope));
}

static struct value *apply(struct value *function, struct value *arguments)
{
    if (function->type == BUILTIN)
        return function->builtin(arguments);
    if (function->type != CLOSURE)
        fail("function expected");
    return evaluate(function->body, bind(function->parameters, arguments, function->scope));
}

static int is_true(const struct value *value)
{
    return value->type != NUMBER || value->number != 0;
}

static struct value *make_closure(struct value *parameters, struct value *body, struct value *scope)
{
    struct value *closure = make(CLOSURE);
    closure->parameters = parameters;
    closure->body = body;
    closure->scope = scope;
    return closure;
}

static struct value *evaluate_list(struct value *list, struct value *scope)
{
    const struct value *head = first_of(list);
    if (head->type == SYMBOL) {
        if (strcmp(head->name, "if") == 0) {
            int chosen = is_true(evaluate(second_of(list), scope));
            return evaluate(chosen ? third_of(list) : third_of(list->rest), scope);
        }
        if (strcmp(head->name, "lambda") == 0)
            return make_closure(second_of(list), third_of(list), scope);
        if (strcmp(head->name, "define") == 0)
            return define(second_of(list), evaluate(third_of(list), scope));
    }
    struct value *function = evaluate(list->first, scope);
    return apply(function, evaluate_all(list->rest, scope));
}

static struct value *evaluate(struct value *value, struct value *scope)
{
    switch (value->type) {
    case SYMBOL:
        return look_up(value, scope);
    case PAIR:
        return evaluate_list(value, scope);
    default:
        return value;
    }
}

/* Functions for programs. */

static struct value *add(struct value *arguments)
{
    return make_number(number_of(first_of(arguments)) + number_of(second_of(arguments)));
}

static struct value *subtract(struct value *arguments)
{
    return make_number(number_of(first_of(arguments)) - number_of(second_of(arguments)));
}

static struct value *multiply(struct value *arguments)
{
    return make_number(number_of(first_of(arguments)) * number_of(second_of(arguments)));
}

static struct value *modulo(struct value *arguments)
{
    long divisor = number_of(second_of(arguments));
    if (divisor == 0)
        fail("division by zero");
    return make_number(number_of(first_of(arguments)) % divisor);
}

static struct value *is_less(struct value *arguments)
{
    return make_number(number_of(first_of(arguments)) < number_of(second_of(arguments)));
}

static struct value *is_equal(struct value *arguments)
{
    return make_number(number_of(first_of(arguments)) == number_of(second_of(arguments)));
}

static struct value *construct(struct value *arguments)
{
    return make_pair(first_of(arguments), second_of(arguments));
}

static struct value *list(struct value *arguments)
{
    return arguments;
}

static struct value *first(struct value *arguments)
{
    return first_of(first_of(arguments));
}

static struct value *rest(struct value *arguments)
{
    return first_of(arguments)->rest;
}

static struct value *is_empty(struct value *arguments)
{
    return make_number(first_of(arguments) == &nil);
}

static const struct {
    const char *name;
    struct value *(*function)(struct value *arguments);
} builtins[] = {
    {"+", add},       {"-", subtract}, {"*", multiply},     {"mod", modulo},
    {"<", is_less},   {"=", is_equal}, {"cons", construct}, {"list", list},
    {"first", first}, {"rest", rest},  {"empty", is_empty},
};

/* Evaluates expressions that define nothing, so that all the values made on the way can go. */
static void run(const char *text, int printing)
{
    while (*text != '\0') {
        struct value *expression = read_value(&text);
        size_t before = used;
        long result = number_of(evaluate(expression, &nil));
        if (printing)
            printf("%ld\n", result);
        used = before;
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
        struct value *value = make(BUILTIN);
        value->builtin = builtins[i].function;
        define(make_symbol(builtins[i].name, strlen(builtins[i].name)), value);
    }
    for (const char *text = definitions; *text != '\0';)
        evaluate(read_value(&text), &nil);
    for (int round = 1; round <= ROUNDS; round++)
        run(expressions, round == ROUNDS);
    return 0;
}
