/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* analyze -o DIR: the whole report as files. */
#ifndef CLI_REPORT_DIR_H
#define CLI_REPORT_DIR_H

#include "cli/cli.h"
#include "reports/report.h"

/* On standard output, as text for the terminal or as JSON; the exit status. */
int report_print(const struct results *results, bool json);

/* Plans (cli/cli.h) to write report.txt, report.json, picture.png and index.html; writes them.  0, or
   STATUS_FAILED after a message. */
int plan_report_directory(struct common *common, const char *path);
int report_directory(const char *path, const struct results *results, const struct analysis *analysis,
		     const struct outfile_options *options);

/* Adds the statistic of that name (-z) to a list, once; 0 or -1. */
int common_statistic(const struct statistic **list, unsigned *n, const char *name, struct err *err);

#endif
