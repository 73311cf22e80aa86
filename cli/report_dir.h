/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* analyze -o DIR: the whole report as files. */
#ifndef CLI_REPORT_DIR_H
#define CLI_REPORT_DIR_H

#include "analyzer/heat.h"
#include "reports/report.h"

/* report.txt, report.json, picture.png and index.html; 0, or STATUS_FAILED after a message. */
/* On standard output, as text for the terminal or as JSON; the exit status. */
int report_print(const struct report *report, bool json);

int report_directory(const char *path, const struct report *report, const struct analysis *analysis);

#endif
