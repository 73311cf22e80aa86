/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns and units from the collections' own descriptions: SNIA IOTTA (MSR Cambridge, SYSTOR '17,
   K5cloud), the README of alibaba/block-traces, the notes of Tencent's CBS traces (SNIA), the trace file
   format of the Storage Performance Council (UMass), FIU's SyLab, fio(1) "LOG FILE FORMATS" and iolog.c; the
   README of CMU-SAFARI/MQSim and the manuals of SSDsim and DiskSim ("ASCII") for the simulators' rows, in
   which type 1 is a read; what VMware's vscsiStats -t prints. */
#include "trace/formats/csv_profile.h"

#include "trace/formats/scan.h"
#include "trace/input/strays.h"

#include <strings.h>

/* Behind a quoted text that starts at a quote: quotes in it are doubled (RFC 4180).  NULL when it has no
   end. */
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

/* A number that ionice's class and priority give, as fio writes it. */
static bool is_priority(struct csv_cell cell)
{
	uint64_t value;

	return cell.len > 2 && cell.at[0] == '0' && cell.at[1] == 'x' &&
	       scan_hex(cell.at + 2, &value) == cell.at + cell.len;
}

/* fio separates by a comma and a blank; 4 to 7 columns. */
static bool is_fio(const struct csv_cell *c, size_t n)
{
	if (n < 4 || n > 7)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((!all_digits(c[i]) && (i < 4 || !is_priority(c[i]))) || (i > 0 && c[i].at[-1] != ' '))
			return false;
	return c[2].len == 1 && c[2].at[0] <= '2';
}

static uint64_t value_of(struct csv_cell cell)
{
	uint64_t value = 0;

	scan_number(cell.at, &value);
	return value;
}

static bool is_moved(const struct csv_cell *c)
{
	return value_of(c[3]) > 0;
}

/* The columns behind the block size are the offset where log_offset asks for it, the priority (since
   fio 3.23; two bytes), and the time of issue in nanoseconds where log_issue_time does. */
static bool fio_log_matches(const struct csv_cell *c, size_t n)
{
	return is_fio(c, n) && (n == 6 || n == 7) && is_moved(c) && value_of(c[n == 7 ? 5 : 5]) <= UINT16_MAX;
}

/* fio before priorities: the fifth column is an offset, which no priority in decimal is. */
static bool fio_old_matches(const struct csv_cell *c, size_t n)
{
	return is_fio(c, n) && n == 5 && is_moved(c) && all_digits(c[4]) && value_of(c[4]) % 512 == 0;
}

static bool fio_bare_matches(const struct csv_cell *c, size_t n)
{
	return is_fio(c, n) && is_moved(c);
}

static bool fio_averaged_matches(const struct csv_cell *c, size_t n)
{
	return is_fio(c, n) && !is_moved(c);
}

static bool is_bit(struct csv_cell cell)
{
	return cell.len == 1 && (cell.at[0] == '0' || cell.at[0] == '1');
}

/* Arrival, device, first sector, sectors, type. */
static bool simulator_matches(const struct csv_cell *c, size_t n)
{
	return n == 5 && all_digits(c[1]) && c[1].len < 5 && all_digits(c[2]) && all_digits(c[3]) &&
	       value_of(c[3]) > 0 && is_bit(c[4]);
}

static bool mqsim_matches(const struct csv_cell *c, size_t n)
{
	return simulator_matches(c, n) && all_digits(c[0]);
}

static bool disksim_matches(const struct csv_cell *c, size_t n)
{
	return simulator_matches(c, n) && is_decimal(c[0]);
}

static bool is_word_rw(struct csv_cell c)
{
	return (c.len == 4 && strncasecmp(c.at, "read", 4) == 0) ||
	       (c.len == 5 && strncasecmp(c.at, "write", 5) == 0);
}

/* What vscsiStats prints of its traces, and the same with opcodes (libCacheSim's cloudPhysicsIO). */
static bool vscsi_matches(const struct csv_cell *c, size_t n)
{
	return n == 6 && all_digits(c[0]) && all_digits(c[1]) && all_digits(c[2]) && is_word_rw(c[3]) &&
	       all_digits(c[4]) && all_digits(c[5]);
}

static bool never(const struct csv_cell *c, size_t n)
{
	(void)c;
	(void)n;
	return false;
}

#define FIO_OFFSET "a log of fio's without offsets: its option log_offset=1 is missing"
#define FIO_AVERAGE                                                                                          \
	"an averaged log of fio's, which has no offsets: fio's options log_offset=1 and log_avg_msec=0 are " \
	"missing"

static const struct csv_profile profiles[] = {
    {"msr", "time.filetime,device,device,op,offset,bytes,latency.100ns",
     "Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime", ',', msr_matches, NULL},
    {"alibaba", "device,op,offset,bytes,time.us", "device_id,opcode,offset,length,timestamp", ',',
     alibaba_matches, NULL},
    {"tencent", "time.s,sector,sectors,op.0,device", "Timestamp,Offset,Size,IOType,VolumeID", ',',
     tencent_matches, NULL},
    {"systor", "time.s,latency.s,op,device,offset,bytes", "Timestamp,Response,IOType,LUN,Offset,Size", ',',
     systor_matches, NULL},
    {"k5", "device,time.s,op,offset,bytes", "ID,Timestamp,Type,Offset,Length", ',', k5_matches, NULL},
    {"spc", "device,sector,bytes,op,time.s", NULL, ',', spc_matches, NULL},
    {"fiu", "time.ns,pid,comm,sector,sectors,op,device,device,-", NULL, ' ', fiu_matches, NULL},
    {"fio-log", "time.ms,-,op.0,bytes,offset,-", NULL, ',', fio_log_matches, NULL},
    {"fio-log", "time.ms,-,op.0,bytes,offset", NULL, ',', fio_old_matches, NULL},
    {"fio-log", "time.ms,-,op.0,bytes,offset", NULL, ',', fio_bare_matches, FIO_OFFSET},
    {"fio-log", "time.ms,-,op.0,bytes,offset", NULL, ',', fio_averaged_matches, FIO_AVERAGE},
    {"mqsim", "time.ns,device,sector,sectors,op.1", NULL, ' ', mqsim_matches, NULL},
    {"ssdsim", "time.ns,device,sector,sectors,op.1", NULL, ' ', never, NULL},
    {"disksim", "time.ms,device,sector,sectors,op.1", NULL, ' ', disksim_matches, NULL},
    {"vscsi", "-,bytes,-,op,sector,time.us",
     "#Serial Number,IO Data Length,Num SG Entries,Command Type,LBN,Time Stamp (microseconds)", ',',
     vscsi_matches, NULL},
    {"vscsi-opcodes", "-,time.us,op.hex,bytes,sector", "version,time,op,size,lbn", ',', never, NULL},
};

#define N_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

const struct csv_profile *csv_profile_named(const char *name)
{
	for (size_t i = 0; i < N_PROFILES; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

/* Whether all rows look like the profile's, and what some must show does. */
static bool all_match(const struct csv_profile *profile, const struct csv_rows *rows)
{
	struct csv_cell cells[CSV_COLUMNS];
	uint64_t largest = 0;
	size_t n, matched = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (line_is_around(rows->line[i]))
			continue;
		n = csv_split(rows->line[i], profile->separator, cells, CSV_COLUMNS);
		if (!profile->matches(cells, n))
			return false;
		if (profile->matches == fio_old_matches && value_of(cells[4]) > largest)
			largest = value_of(cells[4]);
		matched++;
	}
	return matched > 0 && (profile->matches != fio_old_matches || largest > 0);
}

const struct csv_profile *csv_profile_of(const struct csv_rows *rows)
{
	for (size_t i = 0; i < N_PROFILES && rows->n > 0; i++) {
		if (profiles[i].header != NULL && strcasecmp(profiles[i].header, rows->line[0]) == 0)
			return &profiles[i];
		if (all_match(&profiles[i], rows))
			return &profiles[i];
	}
	return NULL;
}

const struct csv_profile *csv_profile_decided(const struct csv_profile *profile, const struct csv_rows *rows)
{
	for (size_t i = 0; i < N_PROFILES; i++)
		if (strcmp(profile->name, profiles[i].name) == 0 && all_match(&profiles[i], rows))
			return &profiles[i];
	return profile;
}

static bool is_vscsi_header(const char *line)
{
	return strncasecmp(line, "#Serial Number,", 15) == 0;
}

void csv_rows_take(struct csv_rows *rows, const uint8_t *bytes, size_t len)
{
	const uint8_t *at = bytes, *end = bytes + len, *lf;

	rows->n = rows->first = 0;
	if (len >= 3 && memcmp(bytes, CSV_MARK, 3) == 0)
		at += 3;
	for (; at < end && rows->n < CSV_ROWS && rows->first <= STRAYS_AT_ENDS; at = lf + 1) {
		char *line = rows->line[rows->n];
		size_t size;

		lf = memchr(at, '\n', (size_t)(end - at));
		if (lf == NULL && rows->n > 0)
			break;
		lf = lf ? lf : end;
		size = (size_t)(lf - at) < CSV_LINE ? (size_t)(lf - at) : CSV_LINE - 1;
		memcpy(line, at, size);
		line[size] = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (rows->n > 0 || !line_is_around(line) || is_vscsi_header(line))
			rows->n++;
		else
			rows->first++;
	}
}
