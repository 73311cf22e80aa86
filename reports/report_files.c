/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a report: those of an analysis get their paths and counters when somebody asks, since there
   may be a million and a page of text shows forty. */
#include "reports/report.h"

#include <string.h>

size_t report_files(const struct report *report)
{
	return report->usage != NULL ? report->usage->files.n : report->files.n;
}

uint32_t report_file_order(const struct report *report, size_t i)
{
	return report->usage != NULL ? report->usage->files.at[i].space->id : report->files.at[i].order;
}

void report_file(const struct report *report, size_t i, struct report_file *file, struct report_room *room)
{
	const struct usage_file *counted;

	if (report->usage == NULL) {
		*file = report->files.at[i];
		return;
	}
	counted = &report->usage->files.at[i];
	usage_counters(report->usage, counted, &room->counters);
	if (!fs_path(counted->space->fs, counted->inode, room->path, sizeof(room->path)))
		room->path[0] = '\0';
	*file = (struct report_file){
	    .device = space_name(counted->space),
	    .path = room->path,
	    .inode = fs_number(counted->space->fs, counted->inode),
	    .order = counted->space->id,
	    .counters = &room->counters,
	};
}

void report_expect_file(const struct report *report, size_t i, unsigned step)
{
	const struct usage_file *counted;

	if (report->usage == NULL || i >= report->usage->files.n)
		return;
	counted = &report->usage->files.at[i];
	fs_expect_path(counted->space->fs, counted->inode, step);
	if (step == 0)
		usage_expect_counters(report->usage, counted);
}
