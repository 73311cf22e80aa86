/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nanoseconds for people. */
#ifndef REPORTS_TIME_CELL_H
#define REPORTS_TIME_CELL_H

#include <stddef.h>
#include <stdint.h>

/* Three digits and a unit; returns cell. */
const char *time_cell(char *cell, size_t len, int64_t ns);

#endif
