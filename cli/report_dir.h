/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* analyze -o DIR: the whole report as files. */
#ifndef CLI_REPORT_DIR_H
#define CLI_REPORT_DIR_H

#include "cli/cli.h"
#include "reports/report.h"

/* On standard output, as text for the terminal or as JSON; the exit status. */
int report_print(const struct results *results, bool json);

/* Plans (cli/cli.h) to write report.txt, report.json, picture.png, sheet.png and index.html; writes them.  0, or
   STATUS_FAILED after a message. */
int plan_report_directory(struct common *common, const char *path);
int report_directory(const char *path, const struct results *results, const struct analysis *analysis,
		     const struct outfile_options *options);

/* Adds what is asked for (-z NAME[,...]) to a list of COMMON_STATISTICS_MAX, once; 0 or -1. */
#define COMMON_STATISTICS_MAX (STATISTICS_MAX - COUNTED_OWN - 1)
int common_statistic(const struct statistic **list, unsigned *n, const char *name, struct err *err);
void common_statistics_done(const struct statistic *const *list, unsigned n);

/* --top N; 0 or -1. */
int common_top(uint64_t *top, const char *value, struct err *err);

#endif
