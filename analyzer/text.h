/* Text for people: numbers with units, and names that may hold anything. Every function that
 * returns a string puts it into the pool. Strings are UTF-8. */
#ifndef PROFINST_ANALYZER_TEXT_H
#define PROFINST_ANALYZER_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "memory.h"

/* Nanoseconds with three significant digits and a unit: "0 ns", "1.23 ms", "2 h 05 min". */
char *text_duration(struct pool *pool, int64_t nanoseconds);

/* Bytes as digits: "00ff". */
char *text_hex(struct pool *pool, const void *bytes, size_t size);

/* Exact, with thousands separators: "1,234,567". */
char *text_count(struct pool *pool, int64_t count);

/* The same in at most six columns, if need be with three significant digits: "99,999", "4.51 M". */
char *text_short_count(struct pool *pool, int64_t count);

/* "1 call", "1,234 calls, 200 inlined", "1,234 calls, all inlined". */
char *text_calls(struct pool *pool, int64_t calls, int64_t inlined_calls);

/* A bar of eighths of columns: a share of the width, 0 to 1. */
char *text_bar(struct pool *pool, double share, size_t width);

/* `part` of `whole` as "12.3 %"; "-" if there is no whole. */
char *text_percent(struct pool *pool, int64_t part, int64_t whole);

/* The same with the error of the part: "12.3 ±1.1 %". An error of 0 is left out. */
char *text_percent_error(struct pool *pool, int64_t part, int64_t error, int64_t whole);

/* A moment as "2026-11-20 10:11:12 UTC". */
char *text_moment(struct pool *pool, int64_t unix_ns);

/* Any bytes as valid UTF-8: a byte that does not belong is spelled out, "\xFF". Reversible in
 * practice, so distinct names stay distinct. */
char *text_valid(struct pool *pool, const char *bytes);

/* Fit to be shown: control characters, invisible ones and those that reorder text are spelled out
 * by their bytes, "\x1B". */
char *text_printable(struct pool *pool, const char *text);

/* Writes valid JSON so that it is fit to be shown: the same characters become JSON's escapes,
 * "\u001B", and it means the same. */
void text_write_json(FILE *stream, const char *json);

/* Printable, and inert in Markdown, also inside a table. */
char *text_markdown(struct pool *pool, const char *text);

/* Printable, and inert in XML and HTML, as text and as an attribute. */
char *text_xml(struct pool *pool, const char *text);

/* As a shell takes it for one word: in quotes where it needs them. */
char *text_shell(struct pool *pool, const char *word);

/* Columns on a terminal; of the part before `end`. */
size_t text_width(const char *text);
size_t text_width_until(const char *text, const char *end);

/* The longest beginning that fits `width` columns; an ellipsis shows that more was there. */
char *text_cut(struct pool *pool, const char *text, size_t width);

/* The longest end that fits, an ellipsis before it. */
char *text_cut_left(struct pool *pool, const char *text, size_t width);

/* A function's name in at most `width` columns. Gives up first what tells least: parameters, then
 * template arguments, then namespaces from the left, at last the end. */
char *text_short_name(struct pool *pool, const char *name, size_t width);

/* A chain of names, "main > f(int) > g", the same: parameters, then the beginning. */
char *text_short_path(struct pool *pool, const char *path, size_t width);

/* A function's name as people say it: without parameters, what follows them, and the type that
 * instances of templates have in front. */
char *text_bare_name(struct pool *pool, const char *name);

/* Of such a name, what stands behind its namespaces and classes; points into it. */
const char *text_last_name(const char *bare_name);

/* Where a line of at most `width` columns ends: behind the last word that fits, or inside a word that
 * none has room for; not before a percent sign. Spaces that follow belong to no line. */
const char *text_line_end(const char *text, size_t width);

/* Writes text in lines of at most `width` columns, 0: in one. The first begins where the stream is,
 * in column `indent`, and the others there, too. */
void text_write_lines(FILE *stream, const char *text, size_t indent, size_t width);

/* The last part of a path; points into it. */
const char *text_base_name(const char *path);

#endif
