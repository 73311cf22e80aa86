/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk behind the NBD protocol, through libnbd.  The only file that includes it. */
#include "layout/disk/nbd.h"

#include <errno.h>
#include <fcntl.h>
#include <libnbd.h>
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

struct nbd {
	struct nbd_handle *handle;
	uint64_t bytes;
};

static int nbd_error(struct err *err, const char *what)
{
	const char *why = nbd_get_error();

	return err_set(err, "%s: %s", what, why ? why : "unknown NBD error");
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
	*result = nbd;
	return 0;
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
	if (nbd_connect_uri((*result)->handle, uri) == 0)
		return read_size(*result, bytes, err);
	return nbd_error(err, "cannot connect");
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

int nbd_open_format(struct nbd **result, const char *path, const char *format, uint64_t *bytes,
		    struct err *err)
{
	char log[64];
	char *argv[] = {(char[]){"/bin/sh"},
			(char[]){"-c"},
			(char[]){"exec 2>\"$0\"; exec qemu-nbd --read-only --format \"$1\" -- \"$2\""},
			log,
			(char *)format,
			(char *)path,
			NULL};
	int said, result_code;

	if (check_server(err) != 0 || new_handle(result, err) != 0)
		return -1;
	said = memfd_create("qemu-nbd", MFD_CLOEXEC);
	if (said < 0)
		return err_set(err, "cannot start qemu-nbd: %s", strerror(errno));
	snprintf(log, sizeof(log), "/proc/%ld/fd/%d", (long)getpid(), said);
	if (nbd_connect_systemd_socket_activation((*result)->handle, argv) == 0)
		result_code = read_size(*result, bytes, err);
	else
		result_code = refused(said, format, err);
	close(said);
	return result_code;
}

void nbd_free(struct nbd *nbd)
{
	if (nbd == NULL)
		return;
	nbd_shutdown(nbd->handle, 0);
	nbd_close(nbd->handle);
	free(nbd);
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
		return nbd_pread(nbd->handle, buf, len, offset, 0) == 0 ? 0 : nbd_error(err, "cannot read");
	wide = malloc(to - from);
	if (wide == NULL)
		return err_nomem(err);
	failed = nbd_pread(nbd->handle, wide, to - from, from, 0);
	if (failed == 0)
		memcpy(buf, wide + (offset - from), len);
	free(wide);
	return failed == 0 ? 0 : nbd_error(err, "cannot read");
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
