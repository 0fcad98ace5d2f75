/* The formats that reports have, with all rows and without advice. */
#include "config.h"
#include "export.h"
#include "report.h"

static enum status write_report(FILE *stream, struct database *database, bool edges,
                                void (*write)(FILE *stream, struct report *report))
{
    struct config config; /* severity is by its thresholds */
    struct report report;
    struct report_options options = {.edges = edges, .config = &config};
    enum status status = config_read(&config, NULL);
    if (status != STATUS_OK)
        return status;
    status = report_query(&report, database, &options);
    if (status == STATUS_OK)
        write(stream, &report);
    report_free(&report);
    config_free(&config);
    return status;
}

enum status export_jsonl(FILE *stream, struct database *database)
{
    return write_report(stream, database, true, report_write_json_lines);
}

enum status export_csv(FILE *stream, struct database *database)
{
    return write_report(stream, database, false, report_write_csv);
}

enum status export_markdown(FILE *stream, struct database *database)
{
    return write_report(stream, database, false, report_write_markdown);
}
