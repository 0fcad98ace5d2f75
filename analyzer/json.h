/* JSON that is put together in memory. What cannot be for lack of memory ends the command. */
#ifndef PROFINST_ANALYZER_JSON_H
#define PROFINST_ANALYZER_JSON_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* Take over the value. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

json_t *json_text(const char *text); /* null of NULL */
json_t *json_line(int64_t line);     /* null of 0 */
json_t *json_number(double value);   /* null of what is not known or not finite */

/* Fit to be shown, with a line feed behind it. */
void json_write(FILE *stream, const json_t *root);
void json_write_line(FILE *stream, const json_t *root); /* the same in one line */

#endif
