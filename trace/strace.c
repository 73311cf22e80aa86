/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program does to a disk image, seen by strace(1): its reads and writes of files.  Best made with
   "strace -f -y -s 0 -ttt -T"; a trace without -y needs the opens, one without offsets the seeks.  The
   devices are the files; libraries, configuration, pipes and terminals are left out. */
#include "trace/formats.h"
#include "trace/lines.h"
#include "trace/scan.h"
#include "trace/strace_call.h"
#include "trace/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PENDING_MAX 1024

/* A call that has not returned. */
struct pending {
	uint64_t pid;
	int64_t time_ns;
	char *text; /* its line from the name to the "<unfinished" */
};

struct strace {
	struct names paths;
	struct table files;     /* by process and descriptor: index into paths + 1, 0 closed */
	struct table positions; /* by the same: the file position + 1, 0 unknown */
	struct table roots;     /* by process: the first of its ancestors in the trace */
	VEC(struct pending) pending;
	int64_t now_ns; /* strace -r */
	uint64_t left_out, lost_places;
	bool told;
};

/* What a call does with a descriptor. */
enum action {
	ACT_AT_OFFSET,
	ACT_AT_POSITION,
	ACT_FLUSH,
	ACT_FALLOCATE,
	ACT_IOCTL,
	ACT_SEEK,
	ACT_OPEN,
	ACT_CLOSE,
	ACT_DUP,
	ACT_FORK
};

struct known_call {
	const char *name;
	enum action action;
	enum access_op op;
	size_t arg; /* of the offset, the result or the path */
};

static const struct known_call *known_call(struct text_part name)
{
	static const struct known_call calls[] = {
	    {"pread64", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pread", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pwrite64", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"pwrite", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"preadv", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"preadv2", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pwritev", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"pwritev2", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"read", ACT_AT_POSITION, ACCESS_READ, 0},
	    {"readv", ACT_AT_POSITION, ACCESS_READ, 0},
	    {"write", ACT_AT_POSITION, ACCESS_WRITE, 0},
	    {"writev", ACT_AT_POSITION, ACCESS_WRITE, 0},
	    {"fsync", ACT_FLUSH, ACCESS_FLUSH, 0},
	    {"fdatasync", ACT_FLUSH, ACCESS_FLUSH, 0},
	    {"fallocate", ACT_FALLOCATE, ACCESS_ZERO, 2},
	    {"ioctl", ACT_IOCTL, ACCESS_DISCARD, 2},
	    {"lseek", ACT_SEEK, ACCESS_READ, 0},
	    {"_llseek", ACT_SEEK, ACCESS_READ, 2},
	    {"open", ACT_OPEN, ACCESS_READ, 0},
	    {"openat", ACT_OPEN, ACCESS_READ, 1},
	    {"openat2", ACT_OPEN, ACCESS_READ, 1},
	    {"creat", ACT_OPEN, ACCESS_READ, 0},
	    {"close", ACT_CLOSE, ACCESS_READ, 0},
	    {"dup", ACT_DUP, ACCESS_READ, 0},
	    {"dup2", ACT_DUP, ACCESS_READ, 0},
	    {"dup3", ACT_DUP, ACCESS_READ, 0},
	    {"clone", ACT_FORK, ACCESS_READ, 0},
	    {"clone3", ACT_FORK, ACCESS_READ, 0},
	    {"fork", ACT_FORK, ACCESS_READ, 0},
	    {"vfork", ACT_FORK, ACCESS_READ, 0},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (call_is(name, calls[i].name))
			return &calls[i];
	return NULL;
}

static bool is_call(const char *text)
{
	struct call call;

	return call_scan(text, &call) == CALL_COMPLETE && known_call(call.name) != NULL && call.nargs > 0;
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
	names_done(&state->paths);
	table_done(&state->files);
	table_done(&state->positions);
	table_done(&state->roots);
	for (size_t i = 0; i < state->pending.n; i++)
		free(state->pending.at[i].text);
	VEC_FREE(&state->pending);
	free(state);
}

static int strace_open(struct trace *trace, struct err *err)
{
	trace->state = calloc(1, sizeof(struct strace));
	return trace->state ? 0 : err_nomem(err);
}

/* Threads and forked processes are taken to share their descriptors. */
static uint64_t key_of(const struct strace *state, uint64_t pid, int64_t fd)
{
	uint64_t root = pid;

	table_get(&state->roots, pid, &root);
	return root << 32 | (uint64_t)(uint32_t)fd;
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

static int set_path(struct strace *state, uint64_t key, struct text_part path, struct err *err)
{
	long index = names_index(&state->paths, path.at, path.len, err);

	if (index == -1)
		return -1;
	return index < 0 ? 0 : table_put(&state->files, key, (uint64_t)index + 1, err);
}

/* The file behind a descriptor: what -y says, else what was opened, else "fd N". */
static const char *path_of(struct strace *state, uint64_t key, int64_t fd, struct text_part path,
			   struct err *err)
{
	char name[32];
	uint64_t index;

	if (path.len > 0) {
		if (set_path(state, key, path, err) != 0)
			return NULL;
	} else if (!table_get(&state->files, key, &index) || index == 0) {
		snprintf(name, sizeof(name), "fd %" PRId64, fd);
		if (set_path(state, key, (struct text_part){.at = name, .len = strlen(name)}, err) != 0)
			return NULL;
	}
	return table_get(&state->files, key, &index) && index > 0 ? state->paths.at[index - 1] : "";
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
static bool place_of(struct strace *state, const struct known_call *known, const struct call *call,
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
	state->lost_places += !table_get(&state->positions, key, &position) || position == 0;
	if (!table_get(&state->positions, key, &position) || position == 0)
		return false;
	*offset = position - 1;
	return true;
}

/* A call on a descriptor that may be an access: 1, 0, -1. */
static int take_access(struct trace *trace, const struct line *line, const struct known_call *known,
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
	key = key_of(state, call->pid, fd);
	name = path_of(state, key, fd, path, err);
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
	if (known->action == ACT_AT_POSITION && table_put(&state->positions, key, offset + len + 1, err) != 0)
		return -1;
	device = trace_device(trace, name, strlen(name), err);
	access->device = (uint32_t)device;
	access->pid = (uint32_t)call->pid;
	access->time_ns = call->time_ns;
	access->latency_ns = call->duration_ns;
	return device < 0 ? -1 : 1;
}

static int take_seek(struct strace *state, const struct known_call *known, const struct call *call,
		     struct err *err)
{
	struct text_part path;
	uint64_t position = (uint64_t)call->result;
	int64_t fd;

	if (call->result < 0 || call->nargs < 3 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	if (known->arg != 0 && scan_number(scan_char(call->args[known->arg].at, '['), &position) == NULL)
		return 0;
	return table_put(&state->positions, key_of(state, call->pid, fd), position + 1, err);
}

/* A string argument without its quotes. */
static struct text_part unquote(struct text_part arg)
{
	if (arg.len < 2 || arg.at[0] != '"')
		return (struct text_part){.at = "", .len = 0};
	arg.at++;
	arg.len--;
	while (arg.len > 0 && arg.at[arg.len - 1] != '"')
		arg.len--;
	return (struct text_part){.at = arg.at, .len = arg.len ? arg.len - 1 : 0};
}

static int take_open(struct strace *state, const struct known_call *known, const struct call *call,
		     struct err *err)
{
	struct text_part result, path;
	uint64_t key;
	int64_t fd;

	if (call->result < 0 || call->nargs <= known->arg)
		return 0;
	result = (struct text_part){.at = call->result_at, .len = strlen(call->result_at)};
	if (strncmp(call->result_at, "0x", 2) == 0 || call->result > INT32_MAX)
		return 0;
	if (call->duration_ns != ACCESS_NO_LATENCY)
		result.len = (size_t)(strrchr(call->result_at, '<') - call->result_at);
	while (result.len > 0 && result.at[result.len - 1] == ' ')
		result.len--;
	if (!call_descriptor(result, &fd, &path)) {
		fd = call->result;
		path.len = 0;
	}
	if (path.len == 0)
		path = unquote(call->args[known->arg]);
	key = key_of(state, call->pid, fd);
	if (set_path(state, key, path, err) != 0)
		return -1;
	return table_put(&state->positions, key, 1, err);
}

static int take_close(struct strace *state, const struct call *call, struct err *err)
{
	struct text_part path;
	int64_t fd;

	if (call->nargs < 1 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	if (table_put(&state->files, key_of(state, call->pid, fd), 0, err) != 0)
		return -1;
	return table_put(&state->positions, key_of(state, call->pid, fd), 0, err);
}

static int take_dup(struct strace *state, const struct call *call, struct err *err)
{
	struct text_part path;
	uint64_t from, to, value = 0;
	int64_t fd;

	if (call->result < 0 || call->nargs < 1 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	from = key_of(state, call->pid, fd);
	to = key_of(state, call->pid, call->result);
	table_get(&state->files, from, &value);
	if (table_put(&state->files, to, value, err) != 0)
		return -1;
	value = 0;
	table_get(&state->positions, from, &value);
	return table_put(&state->positions, to, value, err);
}

static int take_fork(struct strace *state, const struct call *call, struct err *err)
{
	uint64_t root = call->pid;

	if (call->result <= 0)
		return 0;
	table_get(&state->roots, call->pid, &root);
	return table_put(&state->roots, (uint64_t)call->result, root, err);
}

static int take_call(struct trace *trace, const struct line *line, const struct call *call,
		     struct access *access, struct err *err)
{
	struct strace *state = trace->state;
	const struct known_call *known = known_call(call->name);

	if (known == NULL || !call->has_result)
		return 0;
	switch (known->action) {
	case ACT_SEEK:
		return take_seek(state, known, call, err);
	case ACT_OPEN:
		return take_open(state, known, call, err);
	case ACT_CLOSE:
		return take_close(state, call, err);
	case ACT_DUP:
		return take_dup(state, call, err);
	case ACT_FORK:
		return take_fork(state, call, err);
	default:
		return take_access(trace, line, known, call, access, err);
	}
}

static int put_pending(struct strace *state, const struct call *call, struct err *err)
{
	struct pending pending = {.pid = call->pid, .time_ns = call->time_ns};

	if (state->pending.n == PENDING_MAX) {
		free(state->pending.at[0].text);
		memmove(state->pending.at, state->pending.at + 1, --state->pending.n * sizeof(pending));
	}
	pending.text = strndup(call->body, strlen(call->body) - strlen("<unfinished ...>"));
	if (pending.text != NULL && VEC_PUSH(&state->pending, pending) == 0)
		return 0;
	free(pending.text);
	return err_nomem(err);
}

/* The two halves of a call of this process in one text, which the caller frees; NULL without the
   first half (*err is not set) or without memory (it is). */
static char *join_pending(struct strace *state, struct call *call, bool *failed, struct err *err)
{
	char *text = NULL;

	*failed = false;
	for (size_t i = state->pending.n; i-- > 0;) {
		if (state->pending.at[i].pid != call->pid)
			continue;
		*failed = asprintf(&text, "%s%s", state->pending.at[i].text, call->body) < 0;
		call->time_ns = state->pending.at[i].time_ns;
		free(state->pending.at[i].text);
		memmove(&state->pending.at[i], &state->pending.at[i + 1],
			(--state->pending.n - i) * sizeof(state->pending.at[i]));
		break;
	}
	if (*failed)
		err_nomem(err);
	return *failed ? NULL : text;
}

static int take_resumed(struct trace *trace, const struct line *line, struct call *call,
			struct access *access, struct err *err)
{
	bool failed;
	char *text = join_pending(trace->state, call, &failed, err);
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

	if (kind == CALL_BAD || !line->ended)
		return line_bad(line, "a system call as strace prints it, 'NAME(ARGUMENTS) = RESULT'", err);
	if (call.time_is_relative && !__builtin_add_overflow(state->now_ns, call.time_ns, &call.time_ns))
		state->now_ns = call.time_ns;
	if (kind == CALL_UNFINISHED)
		return put_pending(state, &call, err);
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
	long got = lines_read(trace, batch, n, parse_line, err);

	return got == 0 && tell(trace, trace->state, err) != 0 ? -1 : got;
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
