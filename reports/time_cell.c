/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/time_cell.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

const char *time_cell(char *cell, size_t len, int64_t ns)
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	double value = (double)ns;
	unsigned unit = 0;

	for (; unit < 3 && fabs(value) >= 999.5; unit++)
		value /= 1000;
	if (unit == 0)
		snprintf(cell, len, "%" PRId64 " ns", ns);
	else
		snprintf(cell, len, "%.*f %s",
			 fabs(value) < 9.995   ? 2
			 : fabs(value) < 99.95 ? 1
					       : 0,
			 value, units[unit]);
	return cell;
}
