/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/formats/strace_pending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_MAX 1024

static void drop(struct strace_pending *state, size_t i)
{
	state->bytes -= strlen(state->list.at[i].text) + 1;
	free(state->list.at[i].text);
	memmove(&state->list.at[i], &state->list.at[i + 1],
		(--state->list.n - i) * sizeof(state->list.at[i]));
}

int strace_pending_put(struct strace_pending *state, const struct call *call, struct err *err)
{
	struct pending pending = {.pid = call->pid, .time_ns = call->time_ns};

	size_t len = strlen(call->body) - strlen("<unfinished ...>");

	while (state->list.n == PENDING_MAX ||
	       (state->list.n > 0 && state->room != 0 && state->bytes + len + 1 > state->room))
		drop(state, 0);
	pending.text = strndup(call->body, len);
	if (pending.text != NULL && VEC_PUSH(&state->list, pending) == 0) {
		state->bytes += len + 1;
		return 0;
	}
	free(pending.text);
	return err_nomem(err);
}

char *strace_pending_join(struct strace_pending *state, struct call *call, bool *failed, struct err *err)
{
	char *text = NULL;

	*failed = false;
	for (size_t i = state->list.n; i-- > 0;) {
		if (state->list.at[i].pid != call->pid)
			continue;
		*failed = asprintf(&text, "%s%s", state->list.at[i].text, call->body) < 0;
		call->time_ns = state->list.at[i].time_ns;
		drop(state, i);
		break;
	}
	if (*failed)
		err_nomem(err);
	return *failed ? NULL : text;
}

void strace_pending_done(struct strace_pending *state)
{
	for (size_t i = 0; i < state->list.n; i++)
		free(state->list.at[i].text);
	VEC_FREE(&state->list);
}
