/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk behind nbdkit with its log filter (nbdkit(1), nbdkit-log-filter(1)): the command gets a URI,
   and everything that it asks of the disk is in the log. */
#include "record/record.h"

#include "record/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_NAPS 1000
#define SOCKET_PATH_MAX 100

struct nbd {
	pid_t server;
	char *socket, *pidfile, *errors;
	char **command; /* with the URI in it */
};

/* What nbdkit said, or only that it did not start. */
static int did_not_start(const struct nbd *nbd, struct err *err)
{
	FILE *file = fopen(nbd->errors, "re");
	char line[400] = "";

	if (file != NULL && fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	if (file != NULL)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return err_set(err, "nbdkit did not start%s%s", *line ? ": " : "", line);
}

/* nbdkit writes its process number when it listens. */
static int await(struct nbd *nbd, struct err *err)
{
	for (int i = 0; i < START_NAPS; i++) {
		if (access(nbd->pidfile, F_OK) == 0)
			return 0;
		if (!server_runs(&nbd->server))
			break;
		nap();
	}
	return did_not_start(nbd, err);
}

static int serve(struct record *record, const char *image, struct err *err)
{
	struct nbd *nbd = record->state;
	char *file = NULL, *log = NULL;
	int rc = -1;

	if (asprintf(&file, "file=%s", image) < 0)
		file = NULL;
	if (asprintf(&log, "logfile=%s", record->log) < 0)
		log = NULL;
	if (file != NULL && log != NULL) {
		char *argv[] = {"nbdkit", "-f",         "--exit-with-parent", "-U",   nbd->socket,
				"-P",     nbd->pidfile, "--filter=log",       "file", file,
				log,      NULL};

		rc = server_start(&nbd->server, &record->child, argv, nbd->errors, err);
	} else {
		err_nomem(err);
	}
	free(file);
	free(log);
	return rc == 0 ? await(nbd, err) : -1;
}

/* A word of the command with every {} replaced; to be freed. */
static char *with_uri(const char *word, const char *uri)
{
	size_t len = strlen(uri), n = 0;
	char *text, *to;

	for (const char *at = word; (at = strstr(at, "{}")) != NULL; at += 2)
		n++;
	text = to = malloc(strlen(word) + n * len + 1);
	while (text != NULL && *word != '\0') {
		if (strncmp(word, "{}", 2) == 0) {
			memcpy(to, uri, len);
			to += len;
			word += 2;
		} else {
			*to++ = *word++;
		}
	}
	if (text != NULL)
		*to = '\0';
	return text;
}

static int make_command(struct record *record, struct err *err)
{
	struct nbd *nbd = record->state;
	char *const *words = record->options->command;
	char *uri = NULL;
	bool whole = true;
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	nbd->command = calloc(n + 1, sizeof(*nbd->command));
	if (nbd->command == NULL || asprintf(&uri, "nbd+unix:///?socket=%s", nbd->socket) < 0)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		nbd->command[i] = with_uri(words[i], uri);
		whole = whole && nbd->command[i] != NULL;
	}
	free(uri);
	record->command = nbd->command;
	return whole ? 0 : err_nomem(err);
}

static int check_image(const struct record *record, struct err *err)
{
	const char *image = record->options->target;
	struct stat st;
	int fd;

	if (stat(image, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(err, "%s: is neither a file nor a block device", image);
	fd = open(image, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = open(image, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, "%s: cannot open: %s", image, strerror(errno));
	close(fd);
	if (!record->options->raw && disk_image_is_qcow2(image))
		return err_set(err,
			       "%s: is a qcow2 image; --nbd serves the bytes of a raw one (--image-format "
			       "raw: it is one)",
			       image);
	return 0;
}

static int nbd_start(struct record *record, struct err *err)
{
	struct nbd *nbd = record->state = calloc(1, sizeof(*nbd));
	char *image;
	int rc;

	if (nbd == NULL)
		return err_nomem(err);
	if (check_image(record, err) != 0)
		return -1;
	nbd->socket = scratch_file(&record->scratch, "socket", err);
	nbd->pidfile = scratch_file(&record->scratch, "pid", err);
	nbd->errors = scratch_file(&record->scratch, "errors", err);
	record->log = scratch_file(&record->scratch, "nbdkit.log", err);
	image = realpath(record->options->target, NULL);
	if (!nbd->socket || !nbd->pidfile || !nbd->errors || !record->log || !image)
		rc = err_nomem(err);
	else if (strlen(nbd->socket) > SOCKET_PATH_MAX)
		rc = err_set(err, "%s: the directory's name is too long for a socket in it",
			     record->scratch.path);
	else if (record->options->before && record_copy(record, image, record->options->before, err) != 0)
		rc = err_prefix(err, "--before: ");
	else if (disks_add(&record->disks, image, NULL, disk_image_sectors(image, true), err) != 0)
		rc = -1;
	else
		rc = serve(record, image, err) == 0 ? make_command(record, err) : -1;
	free(image);
	return rc;
}

static int nbd_stop(struct record *record, struct err *err)
{
	struct nbd *nbd = record->state;
	bool ran;

	if (nbd == NULL)
		return 0;
	ran = server_runs(&nbd->server);
	server_stop(&nbd->server);
	for (size_t i = 0; nbd->command != NULL && nbd->command[i] != NULL; i++)
		free(nbd->command[i]);
	free(nbd->command);
	free(nbd->socket);
	free(nbd->pidfile);
	free(nbd->errors);
	free(nbd);
	record->state = record->command = NULL;
	return ran ? 0 : err_set(err, "nbdkit ended before the command did");
}

const struct recorder recorder_nbd = {
    .name = "nbd",
    .log_format = "nbdkit",
    .start = nbd_start,
    .stop = nbd_stop,
};
