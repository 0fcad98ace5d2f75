/* The verdict for programs: JSON, JUnit's XML, and what GitHub shows beside the source. */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"
#include "json.h"
#include "text.h"

static json_t *side_json(const struct side *side)
{
    json_t *object = json_object();
    json_put(object, "label", json_text(side->label));
    json_put(object, "series", side->series ? json_integer(side->series) : json_null());
    json_put(object, "runs", json_integer((json_int_t)side->run_count));
    return object;
}

static json_t *again_json(const struct gate_again *again)
{
    if (again->runs == 0)
        return json_null();
    json_t *object = json_object();
    json_put(object, "runs", json_integer((json_int_t)again->runs));
    json_put(object, "confirmed", again->unknown ? json_null() : json_boolean(again->confirmed));
    json_put(object, "before", json_number(again->before));
    json_put(object, "after", json_number(again->after));
    json_put(object, "ratio", json_number(again->ratio));
    json_put(object, "ratio_low", json_number(again->low));
    json_put(object, "ratio_high", json_number(again->high));
    json_put(object, "p", json_number(again->p));
    return object;
}

static json_t *finding_json(struct gate *gate, const struct gate_finding *finding)
{
    const char *module = finding->function == GATE_NONE
                             ? NULL
                             : gate->comparison->functions[finding->function].module;
    json_t *object = json_object();
    json_put(object, "severity", json_text(gate_severity_names[finding->severity]));
    json_put(object, "what", json_text(gate_what_names[finding->what]));
    json_put(object, "rule", json_text(finding->rule));
    json_put(object, "name", json_text(finding->name));
    json_put(object, "linkage_name", json_text(finding->linkage_name));
    json_put(object, "module", json_text(module));
    json_put(object, "file", json_text(finding->file));
    json_put(object, "line", json_line(finding->line));
    json_put(object, "before", json_number(finding->before));
    json_put(object, "after", json_number(finding->after));
    json_put(object, "ratio", json_number(finding->ratio));
    json_put(object, "ratio_low", json_number(finding->low));
    json_put(object, "ratio_high", json_number(finding->high));
    json_put(object, "beside_others", json_boolean(finding->beside_others));
    json_put(object, "p", json_number(finding->p));
    json_put(object, "exact", json_boolean(finding->exact));
    json_put(object, "limit", json_text(finding->limit.text));
    json_put(object, "reason", json_text(*finding->reason ? finding->reason : NULL));
    json_put(object, "again", again_json(&finding->again));
    json_put(object, "follows",
             json_text(finding->follows == GATE_NONE
                           ? NULL
                           : gate->comparison->functions[finding->follows].name));
    json_put(object, "allowed", json_text(finding->allow ? finding->allow->reason : NULL));
    json_put(object, "text", json_text(gate_sentence(&gate->pool, finding)));
    return object;
}

void gate_write_json(FILE *stream, struct gate *gate)
{
    static const char *const verdicts[] = {"pass", "pass", "warn", "fail"};
    const struct comparison *comparison = gate->comparison;
    json_t *root = json_object(), *findings = json_array(), *notes = json_array();
    json_put(root, "verdict", json_text(verdicts[gate_verdict(gate)]));
    json_put(root, "failures", json_integer((json_int_t)gate->counts[GATE_FAIL]));
    json_put(root, "warnings", json_integer((json_int_t)gate->counts[GATE_WARN]));
    json_put(root, "program", json_text(comparison->program[AFTER]));
    json_put(root, "before", side_json(&comparison->sides->side[BEFORE]));
    json_put(root, "after", side_json(&comparison->sides->side[AFTER]));
    json_put(root, "exact_judged", json_integer((json_int_t)gate_judged(gate, true)));
    json_put(root, "times_judged", json_integer((json_int_t)gate_judged(gate, false)));
    for (size_t i = 0; i < gate->finding_count; i++)
        json_add(findings, finding_json(gate, &gate->findings[i]));
    for (size_t i = 0; i < gate->note_count; i++)
        json_add(notes, json_text(gate->notes[i]));
    json_put(root, "findings", findings);
    json_put(root, "notes", notes);
    json_write(stream, root);
    json_decref(root);
}

static bool is_bad(const struct gate_finding *finding)
{
    return finding->severity >= GATE_WARN;
}

static void write_case(FILE *stream, struct pool *pool, const struct gate_finding *finding)
{
    const char *text = text_xml(pool, gate_sentence(pool, finding));
    fprintf(stream, "    <testcase classname=\"profinst.%s\" name=\"%s\"",
            gate_what_names[finding->what], text_xml(pool, gate_subject(pool, finding)));
    if (finding->file)
        fprintf(stream, " file=\"%s\"", text_xml(pool, finding->file));
    if (finding->file && finding->line)
        fprintf(stream, " line=\"%lld\"", (long long)finding->line);
    if (finding->severity == GATE_FAIL)
        fprintf(stream, ">\n      <failure type=\"%s\" message=\"%s\"/>\n    </testcase>\n",
                text_xml(pool, finding->rule), text);
    else
        fprintf(stream, ">\n      <system-out>warning: %s</system-out>\n    </testcase>\n", text);
}

/* Something of this kind was judged, and nothing of it failed. */
static bool passes(const struct gate *gate, enum gate_what what)
{
    for (size_t i = 0; i < gate->finding_count; i++)
        if (gate->findings[i].severity == GATE_FAIL && gate->findings[i].what == what)
            return false;
    return gate->judged[what] > 0;
}

/* What passes is a case for each kind, so that a gate without findings is not one without tests. */
void gate_write_junit(FILE *stream, struct gate *gate)
{
    struct pool *pool = &gate->pool;
    size_t passed = 0;
    for (int what = 0; what < GATE_WHATS; what++)
        passed += passes(gate, (enum gate_what)what);
    size_t tests = passed + gate->counts[GATE_WARN] + gate->counts[GATE_FAIL];
    fprintf(stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n"
            "  <testsuite name=\"profinst check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
            "skipped=\"0\" time=\"0\">\n",
            tests, gate->counts[GATE_FAIL], tests, gate->counts[GATE_FAIL]);
    for (size_t i = 0; i < gate->finding_count; i++)
        if (is_bad(&gate->findings[i]))
            write_case(stream, pool, &gate->findings[i]);
    for (int what = 0; what < GATE_WHATS; what++)
        if (passes(gate, (enum gate_what)what))
            fprintf(stream, "    <testcase classname=\"profinst\" name=\"%s\"/>\n",
                    gate_what_names[what]);
    fprintf(stream, "    <system-out>%s", text_xml(pool, gate_headline(pool, gate)));
    for (size_t i = 0; i < gate->note_count; i++)
        fprintf(stream, "\n%s", text_xml(pool, gate->notes[i]));
    fputs("</system-out>\n  </testsuite>\n</testsuites>\n", stream);
}

/* As actions/toolkit has it: in the message, and in a property, where more means something. */
static const char *github(struct pool *pool, const char *text, bool property)
{
    static const char *const escapes[] = {"%25", "%0D", "%0A", "%3A", "%2C"};
    static const char special[] = "%\r\n:,";
    size_t specials = property ? 5 : 3;
    char *escaped = pool_take(pool, 3 * strlen(text) + 1), *end = escaped;
    for (; *text; text++) {
        const char *found = memchr(special, *text, specials);
        if (found)
            end = stpcpy(end, escapes[found - special]);
        else
            *end++ = *text;
    }
    *end = '\0';
    return escaped;
}

/* GitHub knows files by their place in the repository. */
static const char *in_repository(const char *file)
{
    const char *root = getenv("GITHUB_WORKSPACE");
    size_t length = root ? strlen(root) : 0;
    if (length > 0 && strncmp(file, root, length) == 0 && file[length] == '/')
        return file + length + 1;
    return file;
}

static void write_annotation(FILE *stream, struct pool *pool, const struct gate_finding *finding)
{
    const char *subject = text_printable(pool, gate_subject(pool, finding));
    fprintf(stream, "::%s ", finding->severity == GATE_FAIL ? "error" : "warning");
    if (finding->file)
        fprintf(stream, "file=%s,",
                github(pool, text_printable(pool, in_repository(finding->file)), true));
    if (finding->file && finding->line)
        fprintf(stream, "line=%lld,", (long long)finding->line);
    fprintf(stream, "title=%s::%s\n", github(pool, subject, true),
            github(pool, text_printable(pool, gate_sentence(pool, finding)), false));
}

void gate_write_github(FILE *stream, struct gate *gate, size_t limit)
{
    struct pool *pool = &gate->pool;
    size_t bad = gate->counts[GATE_FAIL] + gate->counts[GATE_WARN];
    for (size_t i = 0; i < bad && (limit == 0 || i < limit); i++)
        write_annotation(stream, pool, &gate->findings[i]);
    const char *text = gate_headline(pool, gate);
    for (size_t i = 0; i < gate->note_count; i++)
        text = pool_format(pool, "%s\n%s", text, text_printable(pool, gate->notes[i]));
    fprintf(stream, "::notice title=profinst check::%s\n", github(pool, text, false));
}
