/* Divides the time of groups: see struct profinst_context, and docs/TIMING.md for why it is done
 * so.
 */
#include "profile_estimate.h"

#include <math.h>
#include <stdlib.h>

/* The prior counts as much as so many samples. */
static const double prior = 1;

/* Half of the 95 % interval of a normal distribution, in standard deviations. */
static const double deviations = 1.96;

/* How well the costs of calls are known. */
static const double cost_error = 0.1;

/* Those of calls that are only counted hide in what the program does around them, more or less. */
static const double counted_cost_error = 0.5;

/* How much of the time in hooks may be the program's. */
static const double hooks_error = 0.5;

/* Of a group that has members other than its head. */
struct group {
    size_t first, end; /* in the list of members */
    bool divided;
    uint64_t ticks; /* all its time, ... */
    double time;    /* ... and that since members gave the clock up */
    double sampled,
        missing;     /* of which: the time that is divided by samples, and that by weights alone */
    double samples;  /* those in hooks too */
    double clumping; /* as much more than with as many signals as samples varies what they tell */
    double hook_samples;
    double hook_weight; /* of 1, which is all weights together */
};

/* What a context, or a part of a tree, or a function has of its group. */
struct part {
    double samples; /* not in hooks */
    double weight;
};

struct division {
    struct estimate *estimate;
    size_t *members;      /* of all groups, one group behind the other; the head is first */
    struct group *groups; /* by head */
    struct part *parts;   /* of each context */
    double *times;        /* of each thread, in all contexts */
    double *missing;      /* of that, in all groups together */
};

static double at_least_0(double value)
{
    return value > 0 ? value : 0;
}

static size_t group_of(size_t *groups, size_t context)
{
    while (groups[context] != context)
        context = groups[context] = groups[groups[context]];
    return context;
}

/* Where calls lead across the tree without a look at the clock, time flows between the two groups
 * unseen: they are one. Of their heads, the first stays the head. */
static void join_groups(struct estimate *estimate)
{
    const struct profile *profile = estimate->profile;
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        if (!call->counted)
            continue;
        size_t from = group_of(estimate->groups, call->caller);
        size_t to = group_of(estimate->groups, call->target);
        estimate->groups[from < to ? to : from] = from < to ? from : to;
    }
    for (size_t i = 0; i < profile->context_count; i++)
        estimate->groups[i] = group_of(estimate->groups, i);
}

void estimate_begin(struct estimate *estimate)
{
    const struct profile *profile = estimate->profile;
    estimate->phases = memory_array(profile->context_count, sizeof *estimate->phases);
    estimate->groups = memory_array(profile->context_count, sizeof *estimate->groups);
    estimate->costs = memory_array(profile->context_count, sizeof *estimate->costs);
    for (size_t i = 0; i < profile->timing_count; i++) {
        const struct profile_timing *timing = &profile->timings[i];
        struct phase *phase = &estimate->phases[timing->context];
        phase->counted |= timing->counted;
        phase->calls += timing->timed_calls;
        phase->self += timing->timed_self;
        phase->samples += timing->samples;
        phase->hook_samples += timing->hook_samples;
    }
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        bool member = context->parent != PROFILE_NONE &&
                      (context->host != PROFILE_NONE || estimate->phases[i].counted);
        estimate->groups[i] = member ? estimate->groups[context->parent] : i;
    }
    join_groups(estimate);
}

/* Members in the order of the contexts, callers first: so a group's head is its first. Inlined
 * contexts are among them, and have no part of its time. */
static void list_members(struct division *division)
{
    const struct estimate *estimate = division->estimate;
    const struct profile *profile = estimate->profile;
    size_t count = profile->context_count;
    division->members = memory_array(count, sizeof *division->members);
    division->groups = memory_array(count, sizeof *division->groups);
    for (size_t i = 0; i < count; i++)
        division->groups[estimate->groups[i]].end++;
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        struct group *group = &division->groups[i];
        size_t size = group->end;
        group->first = group->end = next;
        next += size;
    }
    for (size_t i = 0; i < count; i++) {
        struct group *group = &division->groups[estimate->groups[i]];
        division->members[group->end++] = i;
        group->divided |= estimate->groups[i] != i && profile->contexts[i].host == PROFILE_NONE;
    }
}

/* Ticks that a sample stands for. */
static double ticks_each(const struct profile *profile, const struct profile_thread *thread)
{
    double ns = profile->header.sample_ns;
    if (thread->raw.sampled > 0)
        ns = (double)thread->raw.sampled_ns / (double)thread->raw.sampled;
    return profile->ns_per_tick > 0 ? ns / profile->ns_per_tick : 0;
}

/* How much longer the time is than that of the processor, as others had it meanwhile. */
static double stretch(const struct profile *profile, size_t context)
{
    const struct profile_thread *thread = &profile->threads[profile->contexts[context].thread];
    double sample = profile->header.sample_ns;
    return sample > 0 && profile->ns_per_tick > 0
               ? ticks_each(profile, thread) * profile->ns_per_tick / sample
               : 1;
}

/* What a member's own calls cost in its time, before and after it gave the clock up. The calls that
 * it made are taken to be spread evenly over its own. */
struct costs {
    double before, after;
    double timed_after; /* calls that it made since then for which the clock was read */
};

static struct costs costs_of(const struct estimate *estimate, size_t index)
{
    const struct traffic *traffic = &estimate->traffic[index];
    const struct phase *phase = estimate_phase(estimate, index);
    double called = (double)traffic->timed + (double)traffic->counted;
    double made = (double)traffic->timed_made + (double)traffic->counted_made;
    double timed = phase ? (double)traffic->timed : 0;
    double made_before = called > 0 ? made * timed / called : 0;
    double timed_before =
        made_before < (double)traffic->timed_made ? made_before : (double)traffic->timed_made;
    return (struct costs){
        .before = timed * estimate->timed.inside + timed_before * estimate->timed.outside +
                  (made_before - timed_before) * estimate->counted.outside,
        .after =
            stretch(estimate->profile, index) * ((called - timed) * estimate->counted.inside +
                                                 (made - made_before) * estimate->counted.outside),
        .timed_after = (double)traffic->timed_made - timed_before,
    };
}

/* The time of a call, without what recording it took, while it was timed. In a child of a fork it
 * may never have been: then calls are taken to be alike in all of the group. */
static double mean_before(const struct estimate *estimate, size_t index, double alike)
{
    const struct phase *phase = estimate_phase(estimate, index);
    if (phase->calls == 0)
        return alike;
    return at_least_0((double)phase->self - costs_of(estimate, index).before) /
           (double)phase->calls;
}

/* Heads, which were always timed, get what is left, by what the process had for them. */
static void weigh_heads(struct division *division, const struct group *group, double left)
{
    const struct estimate *estimate = division->estimate;
    const struct profile_context *contexts = estimate->profile->contexts;
    double all = 0;
    for (size_t at = group->first; at < group->end; at++)
        if (!estimate_phase(estimate, division->members[at]))
            all += (double)contexts[division->members[at]].self_ticks;
    if (!(all > 0))
        division->parts[division->members[group->first]].weight = left;
    for (size_t at = group->first; all > 0 && at < group->end; at++) {
        size_t member = division->members[at];
        if (!estimate_phase(estimate, member))
            division->parts[member].weight = left * ((double)contexts[member].self_ticks / all);
    }
}

/* What the times of calls that were timed let expect of those that were not; and all is scaled to
 * be 1 together. */
static void find_weights(struct division *division, struct group *group, double time)
{
    const struct estimate *estimate = division->estimate;
    size_t head = division->members[group->first];
    double sum = 0, calls = 0;
    for (size_t at = group->first; at < group->end; at++) {
        const struct traffic *traffic = &estimate->traffic[division->members[at]];
        calls += (double)traffic->timed + (double)traffic->counted;
    }
    double alike = calls > 0 ? time / calls : 0;
    group->hook_weight = 0;
    for (size_t at = group->first; at < group->end; at++) {
        size_t member = division->members[at];
        struct costs costs = costs_of(estimate, member);
        group->hook_weight += costs.timed_after * estimate->timed.outside;
        if (!estimate_phase(estimate, member)) {
            group->hook_weight += (double)estimate->traffic[member].timed * estimate->timed.inside;
            continue;
        }
        double *weight = &division->parts[member].weight;
        *weight = mean_before(estimate, member, alike) * (double)estimate->traffic[member].counted +
                  costs.after;
        sum += *weight;
    }
    sum += group->hook_weight;
    double left = at_least_0(time - sum);
    weigh_heads(division, group, left);
    sum += left;
    if (!(sum > 0))
        division->parts[head].weight = sum = 1;
    for (size_t at = group->first; at < group->end; at++)
        division->parts[division->members[at]].weight /= sum;
    group->hook_weight /= sum;
}

/* Samples are of processor time, and there may be less of it. Where others had the processor that
 * is everybody's loss alike; otherwise the thread waited, or was in the kernel. What is more than
 * the samples, by what they may lack by chance, was not sampled. */
static void find_missing(struct division *division, struct group *group)
{
    const struct profile *profile = division->estimate->profile;
    profile_index number = profile->contexts[division->members[group->first]].thread;
    const struct profile_thread *thread = &profile->threads[number];
    double each = ticks_each(profile, thread);
    group->clumping = 1;
    if (thread->samples > 0 && thread->raw.sample_squares > 0)
        group->clumping = (double)thread->raw.sample_squares / (double)thread->samples;
    double most = group->samples + 2 * sqrt(group->samples * group->clumping) + 4 * group->clumping;
    if (each > 0)
        group->missing = at_least_0(group->time - most * each);
    division->missing[number] += group->missing;
}

/* All groups of a thread together miss no more than the thread does: others may have the processor
 * for long, in one group by chance. */
static void bound_missing(const struct division *division, struct group *group)
{
    const struct profile *profile = division->estimate->profile;
    profile_index number = profile->contexts[division->members[group->first]].thread;
    const struct profile_thread *thread = &profile->threads[number];
    double possible =
        at_least_0(division->times[number] - (double)thread->samples * ticks_each(profile, thread));
    if (division->missing[number] > possible)
        group->missing *= possible / division->missing[number];
    group->sampled = group->time - group->missing;
}

static double share(const struct group *group, double samples, double weight)
{
    return group->sampled * (samples + prior * weight) / (group->samples + prior) +
           group->missing * weight;
}

/* Whole ticks, which add up to those of the group: what rounding leaves is the head's. */
static void settle(struct division *division, const struct group *group, uint64_t ticks,
                   const double *corrected)
{
    const struct estimate *estimate = division->estimate;
    double sum = 0;
    uint64_t given = 0;
    for (size_t at = group->first; at < group->end; at++) {
        size_t member = division->members[at];
        struct profile_time *time = &estimate->profile->times[member];
        const struct phase *phase = &estimate->phases[member];
        sum += (double)phase->self +
               share(group, (double)phase->samples, division->parts[member].weight) +
               (at == group->first ? share(group, 0, group->hook_weight) : 0);
        uint64_t until = sum >= (double)ticks ? ticks : (uint64_t)llround(sum);
        until = until > ticks ? ticks : until < given ? given : until;
        time->raw_ticks = until - given;
        given = until;
        double own = corrected[at - group->first];
        time->corrected_ticks =
            own < (double)time->raw_ticks ? (uint64_t)llround(own) : time->raw_ticks;
        if (time->corrected_ticks > time->raw_ticks)
            time->corrected_ticks = time->raw_ticks;
    }
    estimate->profile->times[division->members[group->first]].raw_ticks += ticks - given;
}

static void gather(struct division *division, struct group *group)
{
    const struct estimate *estimate = division->estimate;
    uint64_t before = 0;
    for (size_t at = group->first; at < group->end; at++) {
        size_t member = division->members[at];
        const struct phase *phase = &estimate->phases[member];
        group->ticks += estimate->profile->contexts[member].self_ticks;
        before += phase->self;
        group->samples += (double)phase->samples;
        group->hook_samples += (double)phase->hook_samples;
        division->parts[member].samples = (double)(phase->samples - phase->hook_samples);
    }
    group->time = at_least_0((double)group->ticks - (double)before);
    find_missing(division, group);
}

/* Counted calls of the context, or made by it, whichever are more. */
static double calls_of(const struct estimate *estimate, size_t context)
{
    const struct traffic *traffic = &estimate->traffic[context];
    uint64_t more =
        traffic->counted > traffic->counted_made ? traffic->counted : traffic->counted_made;
    return (double)more;
}

/* Of a counted call: half of the time that fell into hooks. While the processor executes these it
 * also does what the program has waiting, and what that is nobody knows. */
static double uncertain_of_hooks(const struct division *division, const struct group *group)
{
    double calls = 0;
    for (size_t at = group->first; at < group->end; at++)
        calls += (double)division->estimate->traffic[division->members[at]].counted;
    bool known = group->samples > 0 && calls > 0;
    return known ? hooks_error * group->sampled * group->hook_samples / group->samples / calls : 0;
}

static void divide(struct division *division, struct group *group)
{
    const struct estimate *estimate = division->estimate;
    find_weights(division, group, group->time);
    bound_missing(division, group);
    double uncertain = uncertain_of_hooks(division, group);
    double *corrected = memory_array(group->end - group->first, sizeof *corrected);
    for (size_t at = group->first; at < group->end; at++) {
        size_t member = division->members[at];
        const struct phase *phase = estimate_phase(estimate, member);
        const struct part *part = &division->parts[member];
        struct costs costs = costs_of(estimate, member);
        double own_before = phase ? at_least_0((double)phase->self - costs.before) : 0;
        corrected[at - group->first] =
            own_before + at_least_0(share(group, part->samples, part->weight) - costs.after);
        double error =
            fmax(counted_cost_error * costs.after, uncertain * calls_of(estimate, member));
        estimate->costs[member] = costs.before + error / cost_error;
    }
    settle(division, group, group->ticks, corrected);
    free(corrected);
}

/* What Agresti and Coull add to a side: two signals, but not to one of hardly any weight. */
static double added(const struct group *group, double weight)
{
    double likely = 4 * group->samples * at_least_0(weight);
    return fmin(likely, 2 * group->clumping);
}

/* The variance of a part of the group's time: the larger of the posterior's, and of theirs. */
static double variance(const struct group *group, const struct part *part)
{
    double n = group->samples;
    double posterior = (part->samples + prior * part->weight) / (n + prior);
    double more = added(group, part->weight), others = added(group, 1 - part->weight);
    double size = fmax(n + more + others, 1);
    double adjusted = (part->samples + more) / size;
    double sampled = fmax(at_least_0(posterior * (1 - posterior)) / (n + prior + 1),
                          at_least_0(adjusted * (1 - adjusted)) / size);
    double weighted = at_least_0(part->weight * (1 - part->weight)) / (prior + 1);
    return group->sampled * group->sampled * sampled * group->clumping +
           group->missing * group->missing * weighted;
}

static void add_part(struct part *part, const struct part *more)
{
    part->samples += more->samples;
    part->weight += more->weight;
}

/* Half of the interval. Costs are wrong all in the same direction, samples are not. Two years are
 * more than any error of use, and can be summed up. */
static int64_t error_ns(const struct profile *profile, double variance_of_samples, double cost)
{
    double by_samples = deviations * sqrt(variance_of_samples);
    double error = hypot(by_samples, cost_error * cost) * profile->ns_per_tick;
    return error < 0x1p56 ? (int64_t)llround(error) : INT64_C(1) << 56;
}

/* Sums over functions: of variances and costs, and, of the group at hand, of parts. */
struct function_sum {
    double self_variance, cumulative_variance, self_cost, cumulative_cost;
    struct part self, cumulative;
};

/* What the contexts' subtrees have of their own groups, and the variance of the groups whose heads
 * are in them: those are independent of each other. */
struct subtrees {
    struct part *parts;
    double *variances, *costs;
};

static struct subtrees sum_up(const struct division *division)
{
    const struct estimate *estimate = division->estimate;
    struct profile *profile = estimate->profile;
    size_t count = profile->context_count;
    struct subtrees trees = {memory_array(count, sizeof *trees.parts),
                             memory_array(count, sizeof *trees.variances),
                             memory_array(count, sizeof *trees.costs)};
    for (size_t i = count; i-- > 0;) {
        const struct profile_context *context = &profile->contexts[i];
        const struct group *group = &division->groups[estimate->groups[i]];
        bool divided = group->divided;
        bool apart = context->parent == PROFILE_NONE ||
                     estimate->groups[i] != estimate->groups[context->parent];
        add_part(&trees.parts[i], &division->parts[i]);
        trees.costs[i] += estimate->costs[i];
        double own = divided ? variance(group, &trees.parts[i]) : 0;
        bool timed = context->host == PROFILE_NONE;
        profile->times[i].self_error_ns =
            error_ns(profile, divided && timed ? variance(group, &division->parts[i]) : 0,
                     estimate->costs[i]);
        profile->times[i].cumulative_error_ns =
            error_ns(profile, trees.variances[i] + own, trees.costs[i]);
        if (context->parent == PROFILE_NONE)
            continue;
        trees.costs[context->parent] += trees.costs[i];
        trees.variances[context->parent] += trees.variances[i] + (apart ? own : 0);
        if (!apart)
            add_part(&trees.parts[context->parent], &trees.parts[i]);
    }
    return trees;
}

/* The parts that functions have of a group. */
static void add_group(const struct division *division, const struct group *group,
                      const struct subtrees *trees, struct function_sum *sums)
{
    const struct profile *profile = division->estimate->profile;
    for (size_t at = group->first; at < group->end; at++) {
        const struct profile_context *context = &profile->contexts[division->members[at]];
        if (context->function == PROFILE_NONE)
            continue;
        struct function_sum *sum = &sums[context->function];
        add_part(&sum->self, &division->parts[division->members[at]]);
        if (!context->nested)
            add_part(&sum->cumulative, &trees->parts[division->members[at]]);
    }
    for (size_t at = group->first; at < group->end; at++) {
        const struct profile_context *context = &profile->contexts[division->members[at]];
        if (context->function == PROFILE_NONE)
            continue;
        struct function_sum *sum = &sums[context->function];
        if (sum->self.weight > 0 || sum->self.samples > 0)
            sum->self_variance += variance(group, &sum->self);
        if (sum->cumulative.weight > 0 || sum->cumulative.samples > 0)
            sum->cumulative_variance += variance(group, &sum->cumulative);
        sum->self = sum->cumulative = (struct part){0};
    }
}

static void find_function_errors(const struct division *division, const struct subtrees *trees)
{
    const struct estimate *estimate = division->estimate;
    struct profile *profile = estimate->profile;
    struct function_sum *sums = memory_array(profile->function_count, sizeof *sums);
    for (size_t i = 0; i < profile->context_count; i++)
        if (division->groups[i].divided)
            add_group(division, &division->groups[i], trees, sums);
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        if (context->function == PROFILE_NONE)
            continue;
        struct function_sum *sum = &sums[context->function];
        sum->self_cost += estimate->costs[i];
        if (context->nested)
            continue;
        sum->cumulative_variance += trees->variances[i];
        sum->cumulative_cost += trees->costs[i];
    }
    for (size_t i = 0; i < profile->function_count; i++) {
        struct profile_function *function = &profile->functions[i];
        const struct function_sum *sum = &sums[i];
        function->self_error_ns = error_ns(profile, sum->self_variance, sum->self_cost);
        function->cumulative_error_ns =
            error_ns(profile, sum->cumulative_variance, sum->cumulative_cost);
    }
    free(sums);
}

void estimate_end(struct estimate *estimate)
{
    struct division division = {.estimate = estimate};
    division.parts = memory_array(estimate->profile->context_count, sizeof *division.parts);
    division.missing = memory_array(estimate->profile->thread_count, sizeof *division.missing);
    division.times = memory_array(estimate->profile->thread_count, sizeof *division.times);
    for (size_t i = 0; i < estimate->profile->context_count; i++) {
        const struct profile_context *context = &estimate->profile->contexts[i];
        division.times[context->thread] += (double)context->self_ticks;
    }
    list_members(&division);
    for (size_t i = 0; i < estimate->profile->context_count; i++)
        if (division.groups[i].divided)
            gather(&division, &division.groups[i]);
    for (size_t i = 0; i < estimate->profile->context_count; i++)
        if (division.groups[i].divided)
            divide(&division, &division.groups[i]);
    struct subtrees trees = sum_up(&division);
    find_function_errors(&division, &trees);
    free(trees.parts);
    free(trees.variances);
    free(trees.costs);
    free(division.members);
    free(division.missing);
    free(division.times);
    free(division.groups);
    free(division.parts);
    free(estimate->phases);
    free(estimate->groups);
    free(estimate->costs);
}
