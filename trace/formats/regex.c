/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of the user's own, by a pattern (PCRE2) whose named groups are the fields of trace/formats/row.h:

     --format 'regex:^(?<op>read|write) at (?<offset>\d+) of (?<bytes>\d+)'

   Groups of one name may stand in several alternatives.  Lines that do not match are passed over.  The
   format "systemtap" is such a pattern, ready made, for the line "bdrv_aio_readv SECTOR COUNT" that a
   SystemTap one-liner prints of QEMU:

     regex:^bdrv_aio_(?<op>read|write)v (?<sector>\d+) (?<nsec>\d+)$

   The only user of libpcre2. */
#include "trace/formats.h"
#include "trace/formats/row.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <inttypes.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 32
/* How long one line may take: a pattern can be made to try for ever. */
#define MATCH_LIMIT 1000000

static const char systemtap_pattern[] = "^bdrv_aio_(?<op>read|write)v (?<sector>\\d+) (?<nsec>\\d+)$";

struct group {
	struct field field;
	uint32_t number;
};

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct group groups[GROUPS_MAX];
	size_t n;
	uint64_t matched, passed_over;
	bool told;
};

static void regex_close(struct trace *trace)
{
	struct regex *regex = trace->state;

	if (regex == NULL)
		return;
	pcre2_match_data_free(regex->match);
	pcre2_match_context_free(regex->limits);
	pcre2_code_free(regex->code);
	free(regex);
}

static int compile(struct regex *regex, const char *pattern, struct err *err)
{
	PCRE2_UCHAR8 why[128];
	PCRE2_SIZE at;
	int error;

	regex->code =
	    pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_DUPNAMES, &error, &at, NULL);
	if (regex->code == NULL) {
		pcre2_get_error_message(error, why, sizeof(why));
		return err_set(err, "the pattern is wrong at its character %zu: %s", at + 1,
			       (const char *)why);
	}
	pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
	regex->match = pcre2_match_data_create_from_pattern(regex->code, NULL);
	regex->limits = pcre2_match_context_create(NULL);
	if (regex->match == NULL || regex->limits == NULL)
		return err_nomem(err);
	pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
	return 0;
}

/* The table of a pattern's names: entries of two bytes for the group's number, then the name. */
static int take_groups(struct regex *regex, struct err *err)
{
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;
	unsigned roles = 0;

	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
	if (count > GROUPS_MAX)
		return err_set(err, "the pattern has more than %d named groups", GROUPS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const char *name = (const char *)table + i * size + 2;
		struct group *group = &regex->groups[regex->n++];

		group->number = (uint32_t)(table[i * size] << 8 | table[i * size + 1]);
		if (!field_named(name, strlen(name), &group->field) || group->field.role == ROLE_NONE)
			return err_set(
			    err,
			    "the pattern's group '%s' is none that blkmap knows (op, sector, offset, "
			    "sectors, bytes, count, time, latency, device, pid, comm)",
			    name);
		roles |= 1u << group->field.role;
	}
	if (*roles_missing(roles) != '\0')
		return err_set(err, "the pattern has no group for %s", roles_missing(roles));
	return 0;
}

static int open_pattern(struct trace *trace, const char *pattern, struct err *err)
{
	struct regex *regex = calloc(1, sizeof(*regex));

	trace->state = regex;
	if (regex == NULL)
		return err_nomem(err);
	return compile(regex, pattern, err) != 0 ? -1 : take_groups(regex, err);
}

static int regex_open(struct trace *trace, struct err *err)
{
	if (trace->argument == NULL || trace->argument[0] == '\0')
		return err_set(err, "--format regex needs a pattern: regex:PATTERN");
	return open_pattern(trace, trace->argument, err);
}

static int systemtap_open(struct trace *trace, struct err *err)
{
	trace->blind = 1u << ACCESS_DISCARD | 1u << ACCESS_FLUSH;
	return open_pattern(trace, systemtap_pattern, err);
}

static int take_match(struct trace *trace, const struct line *line, struct access *access, struct err *err)
{
	struct regex *regex = trace->state;
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(regex->match);
	uint32_t ngroups = pcre2_get_ovector_count(regex->match);
	struct row row;

	row_start(&row);
	for (size_t i = 0; i < regex->n; i++) {
		const struct group *group = &regex->groups[i];
		PCRE2_SIZE from, to;

		if (group->number >= ngroups)
			continue;
		from = ends[2 * group->number];
		to = ends[2 * group->number + 1];
		if (from == PCRE2_UNSET || to < from)
			continue;
		if (row_take(&row, &group->field, line->text + from, to - from, line, err) != 0)
			return -1;
	}
	return row_access(trace, &row, line, access, err);
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct regex *regex = trace->state;
	int got =
	    pcre2_match(regex->code, (PCRE2_SPTR)line->text, line->len, 0, 0, regex->match, regex->limits);

	if (got == PCRE2_ERROR_NOMATCH) {
		regex->passed_over += line->len > 0;
		return 0;
	}
	if (got < 0)
		return err_set(err,
			       "line %" PRIu64 ": the pattern takes too long on this line (PCRE2 error %d)",
			       line->number, got);
	line_check_end(trace, line, access);
	regex->matched++;
	return take_match(trace, line, access, err);
}

static long regex_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct regex *regex = trace->state;
	long got = lines_read(trace, batch, n, parse_line, err);

	if (got != 0 || regex->told)
		return got;
	regex->told = true;
	if (regex->matched == 0)
		return err_set(err, "has no line that matches the pattern");
	if (regex->passed_over == 0)
		return 0;
	return trace_note(trace, err, "%" PRIu64 " lines do not match the pattern and are left out",
			  regex->passed_over);
}

static bool is_systemtap(const char *text)
{
	size_t len = strncmp(text, "bdrv_aio_readv ", 15) == 0    ? 15
		     : strncmp(text, "bdrv_aio_writev ", 16) == 0 ? 16
								  : 0;

	return len > 0 && strspn(text + len, "0123456789 ") == strlen(text + len) &&
	       strchr(text + len, ' ') != NULL;
}

static bool systemtap_probe(const uint8_t *bytes, size_t len)
{
	return lines_first(bytes, len, is_systemtap);
}

const struct trace_format format_systemtap = {
    .name = "systemtap",
    .help = "'bdrv_aio_readv SECTOR COUNT' lines of a SystemTap script",
    .sign = "its first line is 'bdrv_aio_readv SECTOR COUNT'",
    .probe = systemtap_probe,
    .open = systemtap_open,
    .read = regex_read,
    .close = regex_close,
};

const struct trace_format format_regex = {
    .name = "regex",
    .help = "lines by a pattern with named groups: regex:PATTERN",
    .open = regex_open,
    .read = regex_read,
    .close = regex_close,
};
