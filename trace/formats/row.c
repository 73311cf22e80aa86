/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and units of fields, and accesses made of them. */
#include "trace/formats/row.h"

#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define SECOND UINT64_C(1000000000)
/* From 1601-01-01 to 1970-01-01 in units of 100 ns. */
#define FILETIME_1970 UINT64_C(116444736000000000)

struct field_name {
	const char *name;
	enum role role;
	uint64_t unit;
};

static const struct field_name field_names[] = {
    {"time", ROLE_TIME, SECOND},
    {"timestamp", ROLE_TIME, SECOND},
    {"ts", ROLE_TIME, SECOND},
    {"init_time", ROLE_TIME, SECOND},
    {"latency", ROLE_LATENCY, SECOND},
    {"response", ROLE_LATENCY, SECOND},
    {"lat", ROLE_LATENCY, SECOND},
    {"responsetime", ROLE_LATENCY, SECOND},
    {"op", ROLE_OP, 1},
    {"type", ROLE_OP, 1},
    {"rw", ROLE_OP, 1},
    {"rwbs", ROLE_OP, 1},
    {"iotype", ROLE_OP, 1},
    {"io_type", ROLE_OP, 1},
    {"opcode", ROLE_OP, 1},
    {"action", ROLE_OP, 1},
    {"sector", ROLE_START, 512},
    {"start", ROLE_START, 512},
    {"lba", ROLE_START, 512},
    {"lbn", ROLE_START, 512},
    {"byteoffset", ROLE_START, 1},
    {"min_offset", ROLE_START, 1},
    {"offset", ROLE_START, 1},
    {"sectors", ROLE_LENGTH, 512},
    {"nsec", ROLE_LENGTH, 512},
    {"nsectors", ROLE_LENGTH, 512},
    {"nr_sectors", ROLE_LENGTH, 512},
    {"bytes", ROLE_LENGTH, 1},
    {"iosize", ROLE_LENGTH, 1},
    {"io_size", ROLE_LENGTH, 1},
    {"size", ROLE_LENGTH, 0},
    {"length", ROLE_LENGTH, 0},
    {"len", ROLE_LENGTH, 0},
    {"count", ROLE_LENGTH, 0},
    {"device", ROLE_DEVICE, 1},
    {"device_name", ROLE_DEVICE, 1},
    {"device_id", ROLE_DEVICE, 1},
    {"dev", ROLE_DEVICE, 1},
    {"disk", ROLE_DEVICE, 1},
    {"disknumber", ROLE_DEVICE, 1},
    {"disknum", ROLE_DEVICE, 1},
    {"hostname", ROLE_DEVICE, 1},
    {"lun", ROLE_DEVICE, 1},
    {"volume", ROLE_DEVICE, 1},
    {"volumeid", ROLE_DEVICE, 1},
    {"pid", ROLE_PID, 1},
    {"comm", ROLE_COMM, 1},
    {"command", ROLE_COMM, 1},
    {"process", ROLE_COMM, 1},
    {"flags", ROLE_FLAGS, 1},
};

static bool same(const char *a, size_t len, const char *b)
{
	return strlen(b) == len && strncasecmp(a, b, len) == 0;
}

static const struct field_name *find_name(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(field_names) / sizeof(field_names[0]); i++)
		if (same(name, len, field_names[i].name))
			return &field_names[i];
	return NULL;
}

static bool time_unit(const char *unit, size_t len, struct field *field)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"s", SECOND}, {"ms", 1000000}, {"us", 1000},
		     {"ns", 1},     {"100ns", 100},  {"filetime", 100}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!same(unit, len, units[i].name))
			continue;
		field->unit = units[i].ns;
		field->filetime = strcmp(units[i].name, "filetime") == 0;
		return true;
	}
	return false;
}

static bool byte_unit(const char *unit, size_t len, struct field *field)
{
	uint64_t value;
	const char *end;

	if (same(unit, len, "bytes") || same(unit, len, "b"))
		field->unit = 1;
	else if (same(unit, len, "sectors"))
		field->unit = 512;
	else if (same(unit, len, "k") || same(unit, len, "kib"))
		field->unit = 1024;
	else if ((end = scan_decimal(unit, &value)) != NULL && end == unit + len && value > 0 &&
		 value <= 1 << 30)
		field->unit = value;
	else
		return false;
	return true;
}

static bool op_unit(const char *unit, size_t len, struct field *field)
{
	static const char *const names[] = {"0", "1", "hex", "dec"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!same(unit, len, names[i]))
			continue;
		field->numbers = (enum op_numbers)i;
		return true;
	}
	return false;
}

/* A heading as people write it, "Size (B)" or "Init Time (s)", as a name of the table with its unit. */
static size_t plain_name(const char *name, size_t len, char plain[64])
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < 63; i++)
		if (name[i] == ' ' && n > 0)
			plain[n++] = '_';
		else if (name[i] == '(' && n > 0)
			plain[n - 1] = '.';
		else if (name[i] != ')' && name[i] != '#' && name[i] != ' ')
			plain[n++] = name[i];
	plain[n] = '\0';
	return n;
}

static bool unit_of(const struct field_name *found, const char *unit, size_t len, struct field *field)
{
	switch (found->role) {
	case ROLE_TIME:
	case ROLE_LATENCY:
		return time_unit(unit, len, field);
	case ROLE_START:
	case ROLE_LENGTH:
		field->open = false;
		return byte_unit(unit, len, field);
	case ROLE_OP:
		return op_unit(unit, len, field);
	default:
		return false;
	}
}

bool field_named(const char *heading, size_t len, struct field *field)
{
	char name[64];
	const struct field_name *found;
	const char *unit;

	*field = (struct field){.role = ROLE_NONE};
	len = plain_name(heading, len, name);
	found = find_name(name, len);
	unit = name + len;
	while (found == NULL && unit > name) {
		unit--;
		if (*unit == '.' || *unit == '_')
			found = find_name(name, (size_t)(unit - name));
	}
	if (found == NULL)
		return true;
	field->role = found->role;
	field->unit = found->unit;
	field->open = found->role == ROLE_LENGTH && found->unit == 0 && strcmp(found->name, "count") != 0;
	if (unit == name + len)
		return true;
	return unit_of(found, unit + 1, len - (size_t)(unit + 1 - name), field);
}

const char *roles_missing(unsigned roles)
{
	if ((roles >> ROLE_OP & 1) == 0)
		return "op";
	if ((roles >> ROLE_START & 1) == 0)
		return "sector or offset";
	if ((roles >> ROLE_LENGTH & 1) == 0)
		return "sectors, bytes or count";
	return "";
}

void row_start(struct row *row)
{
	row->time_ns = ACCESS_NO_TIME;
	row->latency_ns = ACCESS_NO_LATENCY;
	row->start = row->length = row->pid = 0;
	row->start_unit = row->length_unit = 1;
	row->op = row->comm = "";
	row->op_len = row->comm_len = 0;
	row->device[0] = '\0';
	row->flags = 0;
	row->numbers = OP_READ_IS_0;
	row->open = false;
	row->tally = NULL;
}

/* "8,441,856", as people print it: digits in threes. */
static bool grouped_number(const char *value, size_t len, uint64_t *number)
{
	char digits[32];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (value[i] == ',' && i > 0 && (len - i) % 4 == 0)
			continue;
		if (value[i] < '0' || value[i] > '9' || n == sizeof(digits) - 1)
			return false;
		digits[n++] = value[i];
	}
	digits[n] = '\0';
	return scan_decimal(digits, number) == digits + n;
}

/* A number that fills its field. */
static bool whole_number(const char *value, size_t len, uint64_t *number)
{
	const char *end = scan_number(value, number);

	return end == value + len || (len > 4 && grouped_number(value, len, number));
}

static bool take_time(const struct field *field, const char *value, size_t len, int64_t *ns)
{
	uint64_t ticks;
	const char *end;

	if (len == 0)
		return true;
	if (!field->filetime) {
		end = scan_time(value, (int64_t)field->unit, ns);
		return end != NULL && end == value + len;
	}
	if (!whole_number(value, len, &ticks) || ticks < FILETIME_1970 ||
	    (ticks - FILETIME_1970) > INT64_MAX / 100)
		return false;
	*ns = (int64_t)(ticks - FILETIME_1970) * 100;
	return true;
}

static bool take_device(struct row *row, const char *value, size_t len)
{
	size_t used = strlen(row->device);

	if (used + len + 2 > sizeof(row->device))
		return false;
	if (used > 0)
		row->device[used++] = '.';
	memcpy(row->device + used, value, len);
	row->device[used + len] = '\0';
	return true;
}

static void take_flags(struct row *row, const char *value, size_t len)
{
	for (size_t at = 0, end; at < len; at = end + 1) {
		int flag;

		for (end = at; end < len && value[end] != '+';)
			end++;
		flag = access_flag_named(value + at, end - at);
		if (flag > 0)
			row->flags |= (uint16_t)flag;
	}
}

static bool take(struct row *row, const struct field *field, const char *value, size_t len)
{
	switch (field->role) {
	case ROLE_TIME:
		return take_time(field, value, len, &row->time_ns);
	case ROLE_LATENCY:
		return take_time(field, value, len, &row->latency_ns);
	case ROLE_START:
		row->start_unit = field->unit;
		return len == 0 || whole_number(value, len, &row->start);
	case ROLE_LENGTH:
		row->length_unit = field->unit;
		row->open = field->open;
		return len == 0 || whole_number(value, len, &row->length);
	case ROLE_PID:
		return len == 0 || whole_number(value, len, &row->pid);
	case ROLE_DEVICE:
		return take_device(row, value, len);
	case ROLE_OP:
		row->op = value;
		row->op_len = len;
		row->numbers = field->numbers;
		return true;
	case ROLE_FLAGS:
		take_flags(row, value, len);
		return true;
	case ROLE_COMM:
		row->comm = value;
		row->comm_len = len;
		return true;
	default:
		return true;
	}
}

int row_take(struct row *row, const struct field *field, const char *value, size_t len,
	     const struct line *line, struct err *err)
{
	static const char *const names[ROLES] = {"",          "a time",   "a latency",     "an operation",
						 "a place",   "a length", "a device name", "a process number",
						 "a command", "flags"};

	if (take(row, field, value, len))
		return 0;
	return line_wrong(line, err, "'%.*s' where %s is expected", len < 60 ? (int)len : 60, value,
			  names[field->role]);
}

/* A SCSI opcode in the base that the column has: 1 or 0 as rwbs_parse, -1 when it is none, -2 when the base
   is not known. */
static int take_opcode(const struct row *row, struct access *access)
{
	const char *at = row->op, *end = NULL;
	bool prefixed = row->op_len > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
	uint64_t opcode;

	if (prefixed)
		end = scan_hex(at + 2, &opcode);
	else if (row->numbers == OP_SCSI_DECIMAL)
		end = scan_decimal(at, &opcode);
	else
		end = scan_hex(at, &opcode);
	if (end != at + row->op_len || opcode > 0xff)
		return -1;
	if (!prefixed && row->numbers != OP_SCSI_HEX && row->numbers != OP_SCSI_DECIMAL)
		return row->op_len == 2 ? -2 : -1;
	return scsi_opcode_parse((uint8_t)opcode, access);
}

/* Tables write operations as numbers too: 0 read, 1 write, 2 trim, or 1 read, 0 write; or as SCSI opcodes. */
static int take_op(const struct row *row, uint64_t sectors, struct access *access)
{
	static const uint8_t ops[] = {ACCESS_READ, ACCESS_WRITE, ACCESS_DISCARD};
	bool scsi = row->numbers == OP_SCSI_HEX || row->numbers == OP_SCSI_DECIMAL;
	int got;

	if (!scsi && row->op_len == 1 && row->op[0] >= '0' && row->op[0] <= '2') {
		access->op = ops[row->op[0] - '0'];
		if (row->numbers == OP_READ_IS_1 && row->op[0] <= '1')
			access->op = ops['1' - row->op[0]];
		return 1;
	}
	got = scsi ? -1 : op_word_parse(row->op, row->op_len, sectors, access);
	return got >= 0 ? got : take_opcode(row, access);
}

static int take_names(struct trace *trace, const struct row *row, struct access *access, struct err *err)
{
	long device = row->device[0] ? trace_device(trace, row->device, strlen(row->device), err) : 0;
	long comm = row->comm_len > 0 ? trace_comm(trace, row->comm, row->comm_len, err) : 0;

	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	return device < 0 || comm < 0 ? -1 : 0;
}

static void count_row(const struct row *row, uint64_t unit, uint64_t len)
{
	if (row->tally == NULL)
		return;
	row->tally->rows++;
	row->tally->ragged += len % 512 != 0;
	row->tally->large += row->open && unit == 512 && row->length % 512 == 0 && row->length > 0;
}

int row_tell(struct trace *trace, struct row_tally *tally, struct err *err)
{
	struct row_tally told = *tally;

	*tally = (struct row_tally){.rows = 0};
	if (told.ragged > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64
		       " lengths are no multiples of 512 bytes; if they count sectors, name their column "
		       "'sectors' with --format",
		       told.ragged) != 0)
		return -1;
	if (told.large == 0 || told.large < told.rows)
		return 0;
	return trace_note(
	    trace, err,
	    "lengths are taken for sectors, as the starts are, but all are multiples of 512; if they "
	    "are bytes, name their column 'bytes' with --format");
}

int row_access(struct trace *trace, const struct row *row, const struct line *line, struct access *access,
	       struct err *err)
{
	uint64_t unit = row->length_unit ? row->length_unit : row->start_unit, offset, len;
	int counts;

	if (row->op_len == 0)
		return 0;
	if (__builtin_mul_overflow(row->start, row->start_unit, &offset) ||
	    __builtin_mul_overflow(row->length, unit, &len))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	counts = take_op(row, len, access);
	if (counts == -2)
		return err_set(err,
			       "line %" PRIu64
			       ": '%.*s' may be a SCSI opcode; op.hex or op.dec in the columns of "
			       "--format csv: says how it is written",
			       line->number, (int)row->op_len, row->op);
	if (counts < 0)
		return line_wrong(line, err, "'%.*s' is not an operation (read, write, discard, zero, flush)",
				  row->op_len < 60 ? (int)row->op_len : 60, row->op);
	if (counts == 0 || (len == 0 && access->op != ACCESS_FLUSH))
		return 0;
	if (access->op != ACCESS_FLUSH && !access_set_bytes(access, offset, len))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	count_row(row, unit, len);
	access->time_ns = row->time_ns;
	access->latency_ns = row->latency_ns;
	access->pid = (uint32_t)row->pid;
	access->flags |= row->flags;
	return take_names(trace, row, access, err) != 0 ? -1 : 1;
}
