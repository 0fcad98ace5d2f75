/* What schema.sql says of its tables and views, read from the comments in it. */
#ifndef PROFINST_ANALYZER_SCHEMA_INFO_H
#define PROFINST_ANALYZER_SCHEMA_INFO_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "memory.h"

struct schema_column {
    const char *name;
    const char *type;    /* "" where a view works it out */
    const char *comment; /* "" if there is nothing to say */
};

struct schema_table {
    const char *name;
    bool view;
    const char *about; /* sentences */
    const char *sql;   /* as it is written */
    struct schema_column *columns;
    size_t column_count;
};

/* In the order of schema.sql. Strings belong to it. */
struct schema {
    struct pool pool;
    struct schema_table *tables;
    size_t table_count;
};

/* schema_free in any case. */
enum status schema_read(struct schema *schema);
void schema_free(struct schema *schema);

#endif
