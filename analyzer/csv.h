/* CSV as RFC 4180 has it: lines end in CR LF, fields are quoted where they must be. */
#ifndef PROFINST_ANALYZER_CSV_H
#define PROFINST_ANALYZER_CSV_H

#include <stdio.h>

/* Writes a field of text and the comma behind it; NULL is empty. */
void csv_field(FILE *stream, const char *text);

/* The same for the last field of a line. */
void csv_last_field(FILE *stream, const char *text);

#endif
