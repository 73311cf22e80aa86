/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program does to a disk image, seen by strace(1): its reads and writes of files.  Best made with
   "strace -f -y -s 0 -ttt -T"; a trace without -y needs the opens, one without offsets the seeks.  The
   devices are the files; libraries, configuration, pipes and terminals are left out. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/scan.h"
#include "trace/formats/strace_call.h"
#include "trace/formats/strace_files.h"
#include "trace/formats/strace_known.h"
#include "trace/formats/strace_pending.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct strace {
	struct strace_files files;
	struct access held; /* the second of a call that makes two */
	bool has_held;
	struct strace_pending pending;
	int64_t now_ns; /* strace -r */
	uint64_t left_out, lost_places;
	bool told;
};

static bool is_call(const char *text)
{
	struct call call;

	return call_scan(text, &call) == CALL_COMPLETE && strace_known_call(call.name) != NULL &&
	       call.nargs > 0;
}

static bool strace_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_call);
}

static void strace_close(struct trace *trace)
{
	struct strace *state = trace->state;

	if (state == NULL)
		return;
	strace_files_done(&state->files);
	strace_pending_done(&state->pending);
	free(state);
}

static int strace_open(struct trace *trace, struct err *err)
{
	struct strace *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	state->pending.room = trace->memory;
	return 0;
}

/* Files that are no disk images. */
static bool is_furniture(const struct trace *trace, const char *path)
{
	static const char *const starts[] = {
	    "/proc/",   "/sys/",       "/etc/",     "/usr/",       "/lib",         "/dev/pts/",
	    "/dev/tty", "/dev/null",   "/dev/zero", "/dev/random", "/dev/urandom", "pipe:",
	    "socket:",  "anon_inode:", "UNIX",      "TCP",         "UDP",          "NETLINK",
	};

	if (trace->options.device != NULL && strcmp(path, trace->options.device) == 0)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(path, starts[i], strlen(starts[i])) == 0)
			return true;
	return strcmp(path, "fd 0") == 0 || strcmp(path, "fd 1") == 0 || strcmp(path, "fd 2") == 0;
}

/* "[START, LENGTH]", the argument of BLKDISCARD and its like. */
static bool scan_range(struct text_part arg, uint64_t *start, uint64_t *len)
{
	const char *at = scan_number(scan_char(arg.at, '['), start);

	at = scan_number(scan_blanks(scan_char(at, ',')), len);
	return scan_char(at, ']') != NULL;
}

static bool place_fallocate(const struct call *call, struct access *access, uint64_t *offset, uint64_t *len)
{
	struct text_part mode = call->nargs == 4 ? call->args[1] : (struct text_part){.at = "", .len = 0};

	if (call->result != 0 || call->nargs != 4 || !call_number(call->args[2], offset) ||
	    !call_number(call->args[3], len))
		return false;
	if (memmem(mode.at, mode.len, "PUNCH_HOLE", 10) != NULL)
		access->op = ACCESS_DISCARD;
	return access->op == ACCESS_DISCARD || memmem(mode.at, mode.len, "ZERO_RANGE", 10) != NULL;
}

static bool place_ioctl(const struct call *call, struct access *access, uint64_t *offset, uint64_t *len)
{
	if (call->result != 0 || call->nargs < 3)
		return false;
	if (call_is(call->args[1], "BLKZEROOUT"))
		access->op = ACCESS_ZERO;
	else if (!call_is(call->args[1], "BLKDISCARD") && !call_is(call->args[1], "BLKSECDISCARD"))
		return false;
	return scan_range(call->args[2], offset, len);
}

/* The place of a call in its file; false when it touches nothing or failed. */
static bool place_of(struct strace *state, const struct strace_known *known, const struct call *call,
		     uint64_t key, struct access *access, uint64_t *offset, uint64_t *len)
{
	uint64_t position;

	*offset = *len = 0;
	switch (known->action) {
	case ACT_FLUSH:
		return call->result == 0;
	case ACT_FALLOCATE:
		return place_fallocate(call, access, offset, len);
	case ACT_IOCTL:
		return place_ioctl(call, access, offset, len);
	case ACT_AT_OFFSET:
		*len = call->result > 0 ? (uint64_t)call->result : 0;
		if (*len == 0 || call->nargs <= known->arg)
			return false;
		if (!call_is(call->args[known->arg], "-1"))
			return call_number(call->args[known->arg], offset);
		break;
	default:
		*len = call->result > 0 ? (uint64_t)call->result : 0;
		break;
	}
	if (*len == 0)
		return false;
	state->lost_places += !table_get(&state->files.positions, key, &position) || position == 0;
	if (!table_get(&state->files.positions, key, &position) || position == 0)
		return false;
	*offset = position - 1;
	return true;
}

/* preadv2 and pwritev2 with an offset of -1 go on from the file position. */
static bool moves_position(const struct strace_known *known, const struct call *call)
{
	return known->action == ACT_AT_POSITION ||
	       (known->action == ACT_AT_OFFSET && call_is(call->args[known->arg], "-1"));
}

/* A call on a descriptor that may be an access: 1, 0, -1. */
static int take_access(struct trace *trace, const struct line *line, const struct strace_known *known,
		       const struct call *call, struct access *access, struct err *err)
{
	struct strace *state = trace->state;
	struct text_part path;
	uint64_t key, offset, len;
	const char *name;
	int64_t fd;
	long device;

	if (call->nargs == 0 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	key = strace_file_key(&state->files, call->pid, fd);
	name = strace_file_path(&state->files, key, fd, path, err);
	if (name == NULL)
		return -1;
	if (is_furniture(trace, name)) {
		state->left_out += call->result > 0;
		return 0;
	}
	access->op = (uint8_t)known->op;
	if (!place_of(state, known, call, key, access, &offset, &len))
		return 0;
	if (!access_set_bytes(access, offset, len))
		return line_wrong(line, err, "the access ends beyond 2^63 bytes");
	if (moves_position(known, call) &&
	    table_put(&state->files.positions, key, offset + len + 1, err) != 0)
		return -1;
	device = trace_device(trace, name, strlen(name), err);
	access->device = (uint32_t)device;
	access->pid = (uint32_t)call->pid;
	access->time_ns = call->time_ns;
	access->latency_ns = call->duration_ns;
	return device < 0 ? -1 : 1;
}

/* One side of a copy, as if it were a call of its own: 1, 0, -1.  Without an offset (NULL) it goes on from
   the file position. */
static int take_side(struct trace *trace, const struct line *line, const struct call *call, size_t fd,
		     size_t offset, enum access_op op, struct access *access, struct err *err)
{
	bool at_offset =
	    offset < call->nargs && call->args[offset].len > 0 && call->args[offset].at[0] == '[';
	struct strace_known known = {
	    .action = at_offset ? ACT_AT_OFFSET : ACT_AT_POSITION, .op = op, .arg = 1};
	struct call side = *call;

	side.args[0] = call->args[fd];
	side.nargs = 2;
	if (at_offset) {
		/* "[0]", "[0] => [512]" or "[0 => 512]". */
		side.args[1].at = call->args[offset].at + 1;
		side.args[1].len = strspn(side.args[1].at, "0123456789");
	}
	return take_access(trace, line, &known, &side, access, err);
}

/* copy_file_range(IN, OFFSET, OUT, OFFSET, ...) and sendfile(OUT, IN, OFFSET, ...): a read and a write. */
static int take_copy(struct trace *trace, const struct line *line, const struct strace_known *known,
		     const struct call *call, struct access *access, struct err *err)
{
	struct strace *state = trace->state;
	bool is_sendfile = known->arg == 1;
	struct access write = access_blank();
	int got, wrote;

	if (call->nargs < 4 || call->result <= 0)
		return 0;
	got =
	    take_side(trace, line, call, is_sendfile ? 1 : 0, is_sendfile ? 2 : 1, ACCESS_READ, access, err);
	if (got < 0)
		return -1;
	wrote = take_side(trace, line, call, is_sendfile ? 0 : 2, is_sendfile ? CALL_ARGS : 3, ACCESS_WRITE,
			  &write, err);
	if (wrote <= 0)
		return wrote < 0 ? -1 : got;
	if (got == 0)
		*access = write;
	else
		state->held = write;
	state->has_held = got == 1;
	return 1;
}

static int take_call(struct trace *trace, const struct line *line, const struct call *call,
		     struct access *access, struct err *err)
{
	struct strace *state = trace->state;
	const struct strace_known *known = strace_known_call(call->name);

	if (known == NULL || !call->has_result)
		return 0;
	switch (known->action) {
	case ACT_SEEK:
		return strace_files_seek(&state->files, known->arg, call, err);
	case ACT_OPEN:
		return strace_files_open(&state->files, known->arg, call, err);
	case ACT_CLOSE:
		return strace_files_close(&state->files, call, err);
	case ACT_DUP:
		return strace_files_dup(&state->files, call, err);
	case ACT_FORK:
		return strace_files_fork(&state->files, call, err);
	case ACT_COPY:
		return take_copy(trace, line, known, call, access, err);
	default:
		return take_access(trace, line, known, call, access, err);
	}
}

static int take_resumed(struct trace *trace, const struct line *line, struct call *call,
			struct access *access, struct err *err)
{
	bool failed;
	char *text = strace_pending_join(&((struct strace *)trace->state)->pending, call, &failed, err);
	int got = 0;

	if (failed)
		return -1;
	if (text != NULL && call_scan_body(text, call))
		got = take_call(trace, line, call, access, err);
	free(text);
	return got;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct strace *state = trace->state;
	struct call call;
	enum call_kind kind = call_scan(line->text, &call);

	if (kind == CALL_BAD || (!line->ended && kind != CALL_COMPLETE))
		return line_bad(line, "a system call as strace prints it, 'NAME(ARGUMENTS) = RESULT'", err);
	line_check_end(trace, line, access);
	if (call.time_is_relative && !__builtin_add_overflow(state->now_ns, call.time_ns, &call.time_ns))
		state->now_ns = call.time_ns;
	if (kind == CALL_UNFINISHED)
		return strace_pending_put(&state->pending, &call, err);
	if (kind == CALL_RESUMED)
		return take_resumed(trace, line, &call, access, err);
	return kind == CALL_COMPLETE ? take_call(trace, line, &call, access, err) : 0;
}

static int tell(struct trace *trace, struct strace *state, struct err *err)
{
	if (state->told)
		return 0;
	state->told = true;
	if (state->left_out > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64
		       " reads and writes of libraries, configuration, pipes and the like are left out",
		       state->left_out) != 0)
		return -1;
	if (state->lost_places > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64
		       " reads and writes are left out: the trace does not show where the file position was",
		       state->lost_places) != 0)
		return -1;
	return 0;
}

static long strace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct strace *state = trace->state;
	long got = 1;
	size_t done;

	for (done = 0; done < n && got > 0; done += got > 0) {
		if (!state->has_held) {
			got = lines_read(trace, &batch[done], 1, parse_line, err);
			continue;
		}
		batch[done] = state->held;
		state->has_held = false;
	}
	if (got < 0)
		return -1;
	return done == 0 && tell(trace, state, err) != 0 ? -1 : (long)done;
}

const struct trace_format format_strace = {
    .name = "strace",
    .help = "strace of a program that works on a disk image",
    .sign = "it holds system calls as strace prints them",
    .probe = strace_probe,
    .open = strace_open,
    .read = strace_read,
    .close = strace_close,
};
