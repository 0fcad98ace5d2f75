/* Fuzzes the configuration file: whatever it holds, it is read or refused, and what was read can be
 * written and read again. */
#include <math.h>
#include <string.h>

#include "config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All keys, as one would write them. */
static const char *written(struct pool *pool, const struct config *config)
{
    const char *text = "";
    for (int i = 0; i < CONFIG_KEYS; i++) {
        enum config_key key = (enum config_key)i;
        const struct config_entry *entry = config_entry(key);
        text = pool_format(pool, "%s[%s]\n%s = %s\n", text, entry->section, entry->name,
                           config_text(pool, key, config->values[key]));
    }
    return text;
}

static bool same(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-9 * fmax(fabs(a), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config, again;
    struct pool pool = {0};
    fuzz_hear_messages();
    enum status status = config_read(&config, fuzz_file(data, size));
    fuzz_check_messages();
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status != STATUS_OK)
        return 0;
    const char *text = written(&pool, &config);
    RULE(config_read(&again, fuzz_file(text, strlen(text))) == STATUS_OK);
    for (int key = 0; key < CONFIG_KEYS; key++)
        RULE(same(config.values[key], again.values[key]));
    config_free(&config);
    config_free(&again);
    pool_free(&pool);
    return 0;
}
