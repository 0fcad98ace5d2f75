/* Fuzzes what is done to one name, many times faster than whole reports: demangling it, shortening
 * it, making it fit to be shown. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "load.h"
#include "output.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fits(const char *text, size_t width)
{
    fuzz_check_text(text, strlen(text), "");
    RULE(text_width(text) <= width);
}

/* Broken into lines, no line is too wide, and nothing but spaces is lost. */
static void check_lines(struct pool *pool, const char *text, size_t width)
{
    struct output output;
    output_begin(&output);
    text_write_lines(output.stream, text, 0, width);
    fflush(output.stream);
    const char *at = text;
    for (const char *line = output.bytes; *line;) {
        const char *end = strchr(line, '\n');
        RULE(end);
        check_fits(pool_format(pool, "%.*s", (int)(end - line), line), width);
        while (line < end) {
            for (; *at == ' ' && *line != ' '; at++) {
            }
            RULE(*at++ == *line++);
        }
        line = end + 1;
    }
    RULE(at[strspn(at, " ")] == '\0');
    output_abandon(&output);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool pool = {0};
    char *raw = pool_take(&pool, size + 1);
    memcpy(raw, data, size);
    raw[size] = '\0';
    const char *valid = text_valid(&pool, raw);
    const char *name = load_demangle(&pool, valid);
    RULE(strcmp(text_valid(&pool, name), name) == 0);
    const char *printable = text_printable(&pool, name);
    fuzz_check_text(printable, strlen(printable), "");
    RULE(strcmp(text_printable(&pool, printable), printable) == 0);
    const char *markdown = text_markdown(&pool, name);
    fuzz_check_text(markdown, strlen(markdown), "");
    for (size_t width = 1; width < 100; width += 13) {
        check_fits(text_short_name(&pool, printable, width), width);
        check_fits(text_cut(&pool, printable, width), width);
        check_fits(text_cut_left(&pool, printable, width), width);
        check_fits(text_short_path(&pool, printable, width), width);
        check_lines(&pool, printable, width + 1); /* a character may be two columns wide */
    }
    pool_free(&pool);
    return 0;
}
