/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns and units from the collections' own descriptions: SNIA IOTTA (MSR Cambridge, SYSTOR '17,
   K5cloud), the README of alibaba/block-traces, the notes of Tencent's CBS traces (SNIA), the trace file
   format of the Storage Performance Council (UMass), FIU's SyLab, and fio(1) for its logs with offsets. */
#include "trace/formats/csv_profile.h"

#include "trace/formats/scan.h"

#include <strings.h>

/* Behind a quoted text that starts at a quote: quotes in it are doubled (RFC 4180).  NULL when it has no end.
 */
static const char *skip_quoted(const char *at)
{
	for (at++; *at != '\0'; at++)
		if (*at == '"' && *++at != '"')
			return at;
	return NULL;
}

/* The first separator or the line's end; quotes count at a cell's start alone. */
static const char *cell_end(const char *at, char separator)
{
	const char *behind;

	while (*at == ' ' || (*at == '\t' && separator != '\t'))
		at++;
	behind = *at == '"' ? skip_quoted(at) : NULL;
	return strchrnul(behind ? behind : at, separator);
}

static const char separators[] = ",;\t";

/* Outside of quotes, of whichever separator these are cells. */
static bool separates(char separator, const char *line)
{
	bool at_start = true;

	for (const char *at = line; at != NULL && *at != '\0';) {
		if (*at == separator)
			return true;
		if (at_start && *at == '"') {
			at = skip_quoted(at);
			at_start = false;
			continue;
		}
		at_start = strchr(separators, *at) != NULL || (at_start && *at == ' ');
		at++;
	}
	return false;
}

char csv_separator(const char *line)
{
	for (size_t i = 0; separators[i] != '\0'; i++)
		if (separates(separators[i], line))
			return separators[i];
	return ' ';
}

static struct csv_cell trim(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end - at >= 2 && *at == '"' && end[-1] == '"')
		return (struct csv_cell){.at = at + 1, .len = (size_t)(end - at) - 2, .quoted = true};
	return (struct csv_cell){.at = at, .len = (size_t)(end - at)};
}

size_t csv_split(const char *line, char separator, struct csv_cell *cells, size_t max)
{
	size_t n = 0;
	const char *at = separator == ' ' ? scan_blanks(line) : line;

	while (n < max) {
		const char *end = cell_end(at, separator);

		cells[n++] = trim(at, end);
		if (*end == '\0')
			break;
		at = separator == ' ' ? scan_blanks(end) : end + 1;
		if (separator == ' ' && *at == '\0')
			break;
	}
	return n;
}

bool csv_is_open(const struct csv_cell *cell)
{
	return !cell->quoted && cell->len > 0 && cell->at[0] == '"' && skip_quoted(cell->at) == NULL;
}

void csv_unquote(char *line, struct csv_cell *cell)
{
	char *to = line + (cell->at - line);
	size_t n = 0;

	for (size_t i = 0; cell->quoted && i < cell->len; i++) {
		to[n++] = cell->at[i];
		i += cell->at[i] == '"' && i + 1 < cell->len && cell->at[i + 1] == '"';
	}
	if (cell->quoted)
		cell->len = n;
	cell->quoted = false;
}

static bool all_digits(struct csv_cell cell)
{
	return cell.len > 0 && strspn(cell.at, "0123456789") >= cell.len;
}

static bool is_decimal(struct csv_cell cell)
{
	return cell.len > 2 && strspn(cell.at, "0123456789.") >= cell.len &&
	       memchr(cell.at, '.', cell.len) != NULL;
}

static bool is_rw(struct csv_cell cell)
{
	return cell.len == 1 && strchr("RWrw", cell.at[0]) != NULL;
}

static bool msr_matches(const struct csv_cell *c, size_t n)
{
	return n == 7 && all_digits(c[0]) && c[0].len >= 17 && all_digits(c[4]) && all_digits(c[5]) &&
	       ((c[3].len == 4 && strncasecmp(c[3].at, "read", 4) == 0) ||
		(c[3].len == 5 && strncasecmp(c[3].at, "write", 5) == 0));
}

static bool alibaba_matches(const struct csv_cell *c, size_t n)
{
	return n == 5 && all_digits(c[0]) && is_rw(c[1]) && all_digits(c[2]) && all_digits(c[3]) &&
	       all_digits(c[4]) && c[4].len >= 15;
}

static bool tencent_matches(const struct csv_cell *c, size_t n)
{
	return n == 5 && all_digits(c[0]) && c[0].len == 10 && all_digits(c[1]) && all_digits(c[2]) &&
	       c[3].len == 1 && (c[3].at[0] == '0' || c[3].at[0] == '1') && all_digits(c[4]);
}

static bool systor_matches(const struct csv_cell *c, size_t n)
{
	return n == 6 && is_decimal(c[0]) && (c[1].len == 0 || is_decimal(c[1])) &&
	       (c[2].len == 0 || is_rw(c[2])) && all_digits(c[3]) && all_digits(c[4]) && all_digits(c[5]);
}

static bool k5_matches(const struct csv_cell *c, size_t n)
{
	return n == 5 && all_digits(c[0]) && is_decimal(c[1]) && is_rw(c[2]) && all_digits(c[3]) &&
	       all_digits(c[4]);
}

static bool spc_matches(const struct csv_cell *c, size_t n)
{
	return n >= 5 && all_digits(c[0]) && all_digits(c[1]) && all_digits(c[2]) && is_rw(c[3]) &&
	       is_decimal(c[4]);
}

static bool fiu_matches(const struct csv_cell *c, size_t n)
{
	return n == 9 && all_digits(c[0]) && all_digits(c[1]) && all_digits(c[3]) && all_digits(c[4]) &&
	       is_rw(c[5]) && all_digits(c[6]) && all_digits(c[7]) && c[8].len == 32;
}

/* fio separates by a comma and a blank. */
static bool fio_log_matches(const struct csv_cell *c, size_t n)
{
	if (n != 5 && n != 6)
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!all_digits(c[i]) || (i > 0 && c[i].at[-1] != ' '))
			return false;
	return c[2].len == 1 && c[2].at[0] <= '2';
}

static const struct csv_profile profiles[] = {
    {"msr", "time.filetime,device,device,op,offset,bytes,latency.100ns",
     "Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime", msr_matches},
    {"alibaba", "device,op,offset,bytes,time.us", "device_id,opcode,offset,length,timestamp",
     alibaba_matches},
    {"tencent", "time.s,sector,sectors,op,device", "Timestamp,Offset,Size,IOType,VolumeID", tencent_matches},
    {"systor", "time.s,latency.s,op,device,offset,bytes", "Timestamp,Response,IOType,LUN,Offset,Size",
     systor_matches},
    {"k5", "device,time.s,op,offset,bytes", "ID,Timestamp,Type,Offset,Length", k5_matches},
    {"spc", "device,sector,bytes,op,time.s", NULL, spc_matches},
    {"fiu", "time.ns,pid,comm,sector,sectors,op,device,device,-", NULL, fiu_matches},
    {"fio-log", "time.ms,-,op,bytes,offset,-", NULL, fio_log_matches},
};

#define N_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

const struct csv_profile *csv_profile_named(const char *name)
{
	for (size_t i = 0; i < N_PROFILES; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

const struct csv_profile *csv_profile_of(const char *line)
{
	struct csv_cell cells[CSV_COLUMNS];
	size_t n = csv_split(line, csv_separator(line), cells, CSV_COLUMNS);

	for (size_t i = 0; i < N_PROFILES; i++) {
		if (profiles[i].header != NULL && strcasecmp(profiles[i].header, line) == 0)
			return &profiles[i];
		if (profiles[i].matches(cells, n))
			return &profiles[i];
	}
	return NULL;
}
