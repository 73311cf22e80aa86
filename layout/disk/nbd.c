/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk behind the NBD protocol, through libnbd.  The only file that includes it. */
#include "layout/disk/nbd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libnbd.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Servers may ask for aligned requests; all that are in use are content with this. */
#define GRAIN 4096u
#define REQUEST_MAX (1u << 20)
#define CONNECT_SECONDS 30
#define READ_SECONDS 120

struct nbd {
	struct nbd_handle *handle;
	uint64_t bytes;
	pthread_mutex_t lock; /* a request at a time */
	uint64_t cookie;      /* the request's */
	bool silent;          /* it has not answered in time */
};

static int nbd_error(struct err *err, const char *what)
{
	const char *why = nbd_get_error();

	int errnum = nbd_get_errno();

	err_set(err, "%s: %s", what, why ? why : "unknown NBD error");
	err->errnum = errnum ? errnum : EIO;
	return -1;
}

static int new_handle(struct nbd **result, struct err *err)
{
	struct nbd *nbd = calloc(1, sizeof(*nbd));

	if (nbd == NULL)
		return err_nomem(err);
	nbd->handle = nbd_create();
	if (nbd->handle == NULL) {
		free(nbd);
		return nbd_error(err, "cannot start libnbd");
	}
	pthread_mutex_init(&nbd->lock, NULL);
	*result = nbd;
	return 0;
}

/* Turns the connection until `done` says so; -1 when nothing has come for `seconds`, or on an error. */
static int wait_for(struct nbd *nbd, int (*done)(struct nbd *nbd), unsigned seconds, const char *what,
		    struct err *err)
{
	int result;

	while ((result = done(nbd)) == 0) {
		int moved = nbd_poll(nbd->handle, (int)seconds * 1000);

		if (moved < 0)
			return nbd_error(err, what);
		if (moved == 0) {
			nbd->silent = true;
			return err_set(err, "the server has not answered for %u seconds", seconds);
		}
	}
	return result > 0 ? 0 : nbd_error(err, what);
}

static int is_connected(struct nbd *nbd)
{
	if (nbd_aio_is_dead(nbd->handle) == 1 || nbd_aio_is_closed(nbd->handle) == 1)
		return -1;
	return nbd_aio_is_ready(nbd->handle) == 1;
}

static int is_answered(struct nbd *nbd)
{
	return nbd_aio_command_completed(nbd->handle, nbd->cookie);
}

static int read_size(struct nbd *nbd, uint64_t *bytes, struct err *err)
{
	int64_t size = nbd_get_size(nbd->handle);

	if (size < 0)
		return nbd_error(err, "cannot ask for its size");
	nbd->bytes = *bytes = (uint64_t)size;
	return 0;
}

int nbd_open_uri(struct nbd **result, const char *uri, uint64_t *bytes, struct err *err)
{
	if (new_handle(result, err) != 0)
		return -1;
	if (nbd_aio_connect_uri((*result)->handle, uri) != 0)
		return nbd_error(err, "cannot connect");
	if (wait_for(*result, is_connected, CONNECT_SECONDS, "cannot connect", err) != 0)
		return -1;
	return read_size(*result, bytes, err);
}

/* Whether qemu-nbd can be run at all: an answer that the connection's failure would not give. */
static int check_server(struct err *err)
{
	char *const argv[] = {(char[]){"qemu-nbd"}, (char[]){"--version"}, NULL};
	char *const no_environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	int status, failed;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, no_environment);
	posix_spawn_file_actions_destroy(&actions);
	if (failed == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, "needs qemu-nbd, which is not installed: apt-get install qemu-utils");
}

/* What qemu-nbd said: "qemu-nbd: Failed to blk_new_open 'FILE': REASON" is the usual line. */
static int refused(int said, const char *format, struct err *err)
{
	char line[400] = "";
	const char *why;

	if (pread(said, line, sizeof(line) - 1, 0) <= 0)
		return err_set(err, "qemu-nbd cannot open it as %s", format);
	line[strcspn(line, "\n")] = '\0';
	why = strstr(line, "': ");
	return err_set(err, "qemu-nbd cannot open it as %s: %s", format, why ? why + 3 : line);
}

int nbd_open_format(struct nbd **result, const char *json, const char *format, uint64_t *bytes,
		    struct err *err)
{
	char log[64];
	char *argv[] = {(char[]){"/bin/sh"},
			(char[]){"-c"},
			(char[]){"exec 2>\"$0\"; exec qemu-nbd --read-only -- \"json:$1\""},
			log,
			(char *)json,
			NULL};
	int said, result_code;

	if (check_server(err) != 0 || new_handle(result, err) != 0)
		return -1;
	said = memfd_create("qemu-nbd", MFD_CLOEXEC);
	if (said < 0)
		return err_set(err, "cannot start qemu-nbd: %s", strerror(errno));
	snprintf(log, sizeof(log), "/proc/%ld/fd/%d", (long)getpid(), said);
	if (nbd_aio_connect_systemd_socket_activation((*result)->handle, argv) != 0)
		result_code = refused(said, format, err);
	else if (wait_for(*result, is_connected, CONNECT_SECONDS, "cannot connect", err) == 0)
		result_code = read_size(*result, bytes, err);
	else
		result_code = (*result)->silent ? -1 : refused(said, format, err);
	close(said);
	return result_code;
}

bool nbd_is_lost(struct nbd *nbd)
{
	return nbd->silent || nbd_aio_is_dead(nbd->handle) == 1 || nbd_aio_is_closed(nbd->handle) == 1;
}

void nbd_free(struct nbd *nbd)
{
	if (nbd == NULL)
		return;
	/* Says that no more is wanted, and waits a moment for the end; a server need not heed it. */
	if (!nbd->silent && nbd_aio_is_ready(nbd->handle) == 1 && nbd_aio_disconnect(nbd->handle, 0) == 0)
		for (int i = 0; i < 100 && !nbd_is_lost(nbd); i++)
			if (nbd_poll(nbd->handle, 10) < 0)
				break;
	if (nbd->silent)
		nbd_kill_subprocess(nbd->handle, SIGKILL);
	nbd_close(nbd->handle);
	pthread_mutex_destroy(&nbd->lock);
	free(nbd);
}

/* One request; whoever else wants to read waits. */
static int request(struct nbd *nbd, void *buf, size_t len, uint64_t offset, struct err *err)
{
	int64_t cookie;
	int result;

	pthread_mutex_lock(&nbd->lock);
	cookie = nbd_is_lost(nbd) ? -1 : nbd_aio_pread(nbd->handle, buf, len, offset, NBD_NULL_COMPLETION, 0);
	nbd->cookie = cookie > 0 ? (uint64_t)cookie : 0;
	if (cookie < 0)
		result =
		    nbd_is_lost(nbd) ? err_set(err, "the server has gone") : nbd_error(err, "cannot read");
	else
		result = wait_for(nbd, is_answered, READ_SECONDS, "cannot read", err);
	if (result != 0 && err->errnum != 0) {
		int errnum = err->errnum;

		err_set(err, "cannot read at byte %" PRIu64 ": %s", offset, strerror(errnum));
		err->errnum = errnum;
	}
	pthread_mutex_unlock(&nbd->lock);
	return result;
}

/* One request, widened to whole grains. */
static int read_part(struct nbd *nbd, uint64_t offset, void *buf, size_t len, struct err *err)
{
	uint64_t from = offset / GRAIN * GRAIN, to = (offset + len + GRAIN - 1) / GRAIN * GRAIN;
	char *wide;
	int failed;

	if (to > nbd->bytes)
		to = nbd->bytes;
	if (from == offset && to == offset + len)
		return request(nbd, buf, len, offset, err);
	wide = malloc(to - from);
	if (wide == NULL)
		return err_nomem(err);
	failed = request(nbd, wide, to - from, from, err);
	if (failed == 0)
		memcpy(buf, wide + (offset - from), len);
	free(wide);
	return failed;
}

int nbd_read(struct nbd *nbd, uint64_t offset, void *buf, size_t len, struct err *err)
{
	while (len > 0) {
		size_t part = len < REQUEST_MAX ? len : REQUEST_MAX;

		if (read_part(nbd, offset, buf, part, err) != 0)
			return -1;
		offset += part;
		buf = (char *)buf + part;
		len -= part;
	}
	return 0;
}
