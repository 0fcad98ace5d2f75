/* The formats that reports have, with everything there is. */
#include "export.h"
#include "report.h"

static enum status write_report(FILE *stream, struct database *database, bool edges,
                                void (*write)(FILE *stream, struct report *report))
{
    struct report report;
    struct report_options options = {.edges = edges};
    enum status status = report_query(&report, database, &options);
    if (status == STATUS_OK)
        write(stream, &report);
    report_free(&report);
    return status;
}

enum status export_json(FILE *stream, struct database *database)
{
    return write_report(stream, database, true, report_write_json);
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
