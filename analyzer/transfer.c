#include "transfer.h"

#include "transfer_steps.h"

static enum status take(void *state, enum transfer_table table, struct transfer_value *values)
{
    return transfer_put_row(state, table, values);
}

static enum status copy(struct database *from, int64_t series, int64_t run,
                        struct transfer_put *put)
{
    enum status status = transfer_put_begin(put);
    if (status == STATUS_OK)
        status = transfer_pick(from, series, run, true, (struct transfer_taker){take, put});
    return transfer_put_end(put, status);
}

enum status transfer_run(struct database *from, int64_t run, struct database *to, int64_t *id)
{
    struct transfer_put put = {.to = to, .from = from};
    enum status status = copy(from, 0, run, &put);
    *id = put.run;
    return status;
}

enum status transfer_series(struct database *from, int64_t series, struct database *to, int64_t *id)
{
    struct transfer_put put = {.to = to, .from = from};
    enum status status = copy(from, series, 0, &put);
    *id = put.series;
    return status;
}
