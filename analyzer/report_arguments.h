/* What somebody may ask a report for. */
#ifndef PROFINST_ANALYZER_REPORT_ARGUMENTS_H
#define PROFINST_ANALYZER_REPORT_ARGUMENTS_H

#include "command.h"
#include "report.h"
#include "report_views.h"
#include "row_filter.h"

struct report_arguments {
    struct source source;
    struct report_options options;
    struct report_view_options view;
    struct row_filter filter;
    struct screen screen;
    enum format format;
    const char *output;  /* NULL: standard output */
    const char *config;  /* NULL: the one in the working directory */
    const char *explain; /* a rule of advice; NULL: report */
    bool no_advice;
    /* Until they are checked. */
    const char *limit, *limit_option, *advice, *sort; /* limit_option: which it was given as */
    int views;                                        /* how many were asked for */
    enum status status;
};

extern const struct argp report_parser;

/* Parses and checks. */
enum status report_parse(struct report_arguments *arguments, int argc, char **argv);

#endif
