/* The text of schema.sql; the build makes it part of the program. */
#ifndef PROFINST_ANALYZER_SCHEMA_H
#define PROFINST_ANALYZER_SCHEMA_H

extern const char schema_sql[];

#endif
