/* What becomes of findings that were in doubt, once both versions were run again. */
#include "gate_steps.h"

void gate_end_doubts(struct gate *gate)
{
    gate->confirms = false;
    gate_settle(gate);
}

/* The worst, if two functions have the same names; NULL: it was not judged again. */
static const struct gate_finding *find_again(const struct gate *again,
                                             const struct gate_finding *finding)
{
    const struct gate_finding *worst = NULL;
    for (size_t i = 0; i < again->finding_count; i++)
        if (gate_same(&again->findings[i], finding) &&
            (!worst || again->findings[i].severity > worst->severity))
            worst = &again->findings[i];
    return worst;
}

/* What was certain before is dismissed only by a judgement that says so. */
static void settle_one(struct pool *pool, struct gate_finding *finding,
                       const struct gate_finding *found, size_t runs)
{
    bool certain = finding->severity != GATE_OFF;
    if (!found) {
        finding->again = (struct gate_again){.runs = runs, .unknown = true};
        return;
    }
    finding->again = (struct gate_again){.runs = runs,
                                         .confirmed = found->severity >= GATE_WARN,
                                         .before = found->before,
                                         .after = found->after,
                                         .ratio = found->ratio,
                                         .low = found->low,
                                         .high = found->high,
                                         .p = found->p};
    if (!finding->again.confirmed) {
        finding->severity = certain ? GATE_NOTE : GATE_OFF;
        return;
    }
    if (!certain) { /* all that is known is of these runs */
        finding->before = found->before;
        finding->after = found->after;
        finding->ratio = found->ratio;
        finding->low = found->low;
        finding->high = found->high;
        finding->p = found->p;
        finding->weight = found->weight;
    }
    if (!certain || found->severity < finding->severity) {
        finding->severity = found->severity;
        finding->rule = found->rule; /* of the configuration, which outlives both */
        finding->limit = found->limit;
        finding->limit.text = found->limit.text ? pool_copy(pool, found->limit.text) : NULL;
    }
}

void gate_settle_doubts(struct gate *gate, const struct gate *again, size_t runs)
{
    size_t all = 0, confirmed = 0;
    for (size_t i = 0; i < gate->finding_count; i++) {
        struct gate_finding *finding = &gate->findings[i];
        if (!gate_is_in_doubt(finding))
            continue;
        settle_one(&gate->pool, finding, find_again(again, finding), runs);
        all++;
        confirmed += finding->again.confirmed;
    }
    gate_note(gate, pool_format(&gate->pool,
                                "Both versions were run %zu times more, by turns, as %zu %s grown, "
                                "by chance perhaps; %zu %s confirmed.",
                                runs, all, all == 1 ? "quantity has" : "quantities have", confirmed,
                                confirmed == 1 ? "is" : "are"));
    gate_end_doubts(gate);
}
