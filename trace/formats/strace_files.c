/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors are numbers of a process; what they are open on is known from strace -y or from the call that
   opened them, and where they stand from seeks, reads and writes. */
#include "trace/formats/strace_files.h"

#include "trace/access.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void strace_files_done(struct strace_files *state)
{
	names_done(&state->paths);
	table_done(&state->files);
	table_done(&state->positions);
	table_done(&state->roots);
}

/* Threads and forked processes are taken to share their descriptors. */
uint64_t strace_file_key(const struct strace_files *state, uint64_t pid, int64_t fd)
{
	uint64_t root = pid;

	table_get(&state->roots, pid, &root);
	return root << 32 | (uint64_t)(uint32_t)fd;
}

static int set_path(struct strace_files *state, uint64_t key, struct text_part path, struct err *err)
{
	long index = names_index(&state->paths, path.at, path.len, err);

	if (index == -1)
		return -1;
	return index < 0 ? 0 : table_put(&state->files, key, (uint64_t)index + 1, err);
}

/* The file behind a descriptor: what -y says, else what was opened, else "fd N". */
const char *strace_file_path(struct strace_files *state, uint64_t key, int64_t fd, struct text_part path,
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

int strace_files_seek(struct strace_files *state, size_t arg, const struct call *call, struct err *err)
{
	struct text_part path;
	uint64_t position = (uint64_t)call->result;
	int64_t fd;

	if (call->result < 0 || call->nargs < 3 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	if (arg != 0 && scan_number(scan_char(call->args[arg].at, '['), &position) == NULL)
		return 0;
	return table_put(&state->positions, strace_file_key(state, call->pid, fd), position + 1, err);
}

static bool opens_to_append(const struct call *call)
{
	for (size_t i = 0; i < call->nargs; i++)
		if (call->args[i].at[0] != '"' && memmem(call->args[i].at, call->args[i].len, "O_APPEND", 8))
			return true;
	return false;
}

int strace_files_open(struct strace_files *state, size_t arg, const struct call *call, struct err *err)
{
	struct text_part result, path;
	uint64_t key;
	int64_t fd;

	if (call->result < 0 || call->nargs <= arg)
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
		path = unquote(call->args[arg]);
	key = strace_file_key(state, call->pid, fd);
	if (set_path(state, key, path, err) != 0)
		return -1;
	/* What is appended goes to an end that the trace does not show. */
	return table_put(&state->positions, key, opens_to_append(call) ? 0 : 1, err);
}

int strace_files_close(struct strace_files *state, const struct call *call, struct err *err)
{
	struct text_part path;
	int64_t fd;

	if (call->nargs < 1 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	if (table_put(&state->files, strace_file_key(state, call->pid, fd), 0, err) != 0)
		return -1;
	return table_put(&state->positions, strace_file_key(state, call->pid, fd), 0, err);
}

int strace_files_dup(struct strace_files *state, const struct call *call, struct err *err)
{
	struct text_part path;
	uint64_t from, to, value = 0;
	int64_t fd;

	if (call->result < 0 || call->nargs < 1 || !call_descriptor(call->args[0], &fd, &path))
		return 0;
	from = strace_file_key(state, call->pid, fd);
	to = strace_file_key(state, call->pid, call->result);
	table_get(&state->files, from, &value);
	if (table_put(&state->files, to, value, err) != 0)
		return -1;
	value = 0;
	table_get(&state->positions, from, &value);
	return table_put(&state->positions, to, value, err);
}

int strace_files_fork(struct strace_files *state, const struct call *call, struct err *err)
{
	uint64_t root = call->pid;

	if (call->result <= 0)
		return 0;
	table_get(&state->roots, call->pid, &root);
	return table_put(&state->roots, (uint64_t)call->result, root, err);
}
