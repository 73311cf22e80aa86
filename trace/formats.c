/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats, in the order in which they are probed. */
#include "trace/formats.h"

const struct trace_format *const trace_formats[] = {
	&format_qtr,
	NULL,
};
