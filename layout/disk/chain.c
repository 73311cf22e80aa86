/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the names from file to file, each of which is held against the rules again.  A name is resolved
   before it is compared, so that neither ".." nor a link leads out of the folder.  What QEMU gets is a tree
   of its own options (docs/system/qemu-block-drivers), in which every file that it may open stands. */
#include "layout/disk/chain.h"

#include "base/escape.h"
#include "base/vec.h"
#include "layout/disk/cut_off.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64

struct walk {
	struct chain *chain;
	const struct image_options *options;
	struct text *json;
	unsigned depth;
};

static int add_file(struct chain *chain, const char *path, int fd, struct err *err)
{
	struct chain_file file = {strdup(path), fd};

	if (file.path != NULL && VEC_PUSH(chain, file) == 0)
		return 0;
	free(file.path);
	return err_nomem(err);
}

void chain_done(struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		free(chain->at[i].path);
		if (i > 0)
			close(chain->at[i].fd); /* the first is its owner's */
	}
	VEC_FREE(chain);
}

/* --- what may be opened --- */

/* As QEMU tells a protocol from a path: a colon before any slash. */
static bool has_protocol(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* The folder of a path, resolved, to be freed; NULL with errno. */
static char *folder_of(const char *path)
{
	char *real = realpath(path, NULL), *slash;

	if (real == NULL)
		return NULL;
	slash = strrchr(real, '/');
	slash[slash == real ? 1 : 0] = '\0';
	return real;
}

static bool lies_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || (len > 0 && folder[len - 1] == '/'));
}

/* Whether the resolved path lies where files may be opened: the folder that was named, or the first image's
   own. */
static int check_place(const struct walk *walk, const char *real, const char *what, struct err *err)
{
	const char *backing = walk->options->backing;
	char *folder;
	bool inside;

	if (backing == NULL)
		return err_set(err, "its %s %s is opened only with --allow-backing", what, real);
	folder = backing[0] != '\0' ? realpath(backing, NULL) : folder_of(walk->chain->at[0].path);
	if (folder == NULL)
		return err_set(err, "--allow-backing: %s: %s", backing, strerror(errno));
	inside = lies_in(real, folder);
	if (!inside)
		err_set(err, "its %s %s does not lie in %s, where --allow-backing lets it be", what, real,
			folder);
	free(folder);
	return inside ? 0 : -1;
}

static int check_new(const struct chain *chain, const struct stat *st, const char *what, const char *real,
		     struct err *err)
{
	struct stat other;

	for (size_t i = 0; i < chain->n; i++)
		if (fstat(chain->at[i].fd, &other) == 0 && other.st_dev == st->st_dev &&
		    other.st_ino == st->st_ino)
			return err_set(err, "its %s %s is a file that lies over it: they go round", what,
				       real);
	return 0;
}

/* Opens a regular file that the image names: its descriptor, or -1. */
static int open_named(struct walk *walk, const char *real, const char *what, struct err *err)
{
	struct stat st;
	int fd;

	if (check_place(walk, real, what, err) != 0)
		return -1;
	if (stat(real, &st) != 0)
		return err_set(err, "its %s %s: %s", what, real, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "its %s %s is not a regular file", what, real);
	fd = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, "its %s %s: %s", what, real, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    check_new(walk->chain, &st, what, real, err) != 0 || add_file(walk->chain, real, fd, err) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Where a name leads from the folder of the file that has it, to be freed; NULL with err. */
static char *resolve(const char *from, const char *name, const char *what, struct err *err)
{
	char *folder = folder_of(from), *path = NULL, *real = NULL;

	if (strncmp(name, "file:", 5) == 0)
		name += 5;
	if (folder != NULL &&
	    asprintf(&path, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' ? "" : "/", name) >= 0)
		real = realpath(path, NULL);
	if (real == NULL)
		err_set(err, "its %s %s: %s", what, name, strerror(errno));
	free(folder);
	free(path);
	return real;
}

/* A name that is no path: 1 where QEMU may follow it. */
static int check_protocol(const struct walk *walk, const char *name, const char *what, struct err *err)
{
	if (strncmp(name, "json:", 5) == 0)
		return err_set(err, "its %s is a description for QEMU (json:), which is never followed",
			       what);
	if (!walk->options->remote)
		return err_set(err, "its %s %s is opened only with --allow-remote", what, name);
	return 1;
}

/* --- the tree --- */

static int write_node(struct walk *walk, int fd, const char *path, const char *format, struct err *err);

static void write_file(const struct walk *walk, int fd, const char *path, const char *format)
{
	struct stat st;
	bool device = fstat(fd, &st) == 0 && S_ISBLK(st.st_mode);
	char self[64];

	snprintf(self, sizeof(self), "/proc/%ld/fd/%d", (long)getpid(), fd);
	text_printf(walk->json, "\"file\":{\"driver\":\"%s\",\"filename\":", device ? "host_device" : "file");
	/* By its descriptor it is the very file; but what a vmdk names is found from its path. */
	if (strcmp(format, "vmdk") == 0)
		escape_json(walk->json, path, strlen(path));
	else
		escape_json(walk->json, self, strlen(self));
	text_char(walk->json, '}');
}

/* What a file looks like, where nothing says what it is. */
static const char *guess(int fd)
{
	struct stat st;
	const char *format = fstat(fd, &st) == 0 ? cut_off_format(fd, (uint64_t)st.st_size) : NULL;

	return format ? format : "raw";
}

static int write_backing(struct walk *walk, const char *from, const struct chain_names *names,
			 struct err *err)
{
	static const char what[] = "backing file";
	const char *format = names->backing_format;
	int fd, result;
	char *real;

	if (names->backing[0] == '\0') {
		text_str(walk->json, ",\"backing\":null");
		return 0;
	}
	if (has_protocol(names->backing) && strncmp(names->backing, "file:", 5) != 0)
		return check_protocol(walk, names->backing, what, err) < 0 ? -1 : 0;
	if (format[0] != '\0' && !image_format_is_known(format))
		return err_set(err, "its %s is said to be of the format '%s', which is not followed", what,
			       format);
	real = resolve(from, names->backing, what, err);
	fd = real != NULL ? open_named(walk, real, what, err) : -1;
	text_str(walk->json, ",\"backing\":");
	result = fd < 0 ? -1 : write_node(walk, fd, real, format[0] != '\0' ? format : guess(fd), err);
	free(real);
	return result;
}

static int write_data(struct walk *walk, const char *from, const struct chain_names *names, struct err *err)
{
	static const char what[] = "data file";
	char *real;
	int fd;

	if (names->data[0] == '\0')
		return 0;
	if (has_protocol(names->data) && strncmp(names->data, "file:", 5) != 0)
		return check_protocol(walk, names->data, what, err) < 0 ? -1 : 0;
	real = resolve(from, names->data, what, err);
	fd = real != NULL ? open_named(walk, real, what, err) : -1;
	free(real);
	if (fd < 0)
		return -1;
	text_printf(walk->json, ",\"data-file\":{\"driver\":\"file\",\"filename\":\"/proc/%ld/fd/%d\"}",
		    (long)getpid(), fd);
	return 0;
}

/* QEMU itself finds these; all that it can find is looked at here before. */
static int check_extents(struct walk *walk, const char *from, const struct chain_names *names,
			 struct err *err)
{
	static const char what[] = "extent";

	for (size_t i = 0; i < names->nextents; i++) {
		const char *name = names->extents[i];
		struct text unused = {0};
		struct walk inner = *walk;
		int fd, result;
		char *real;

		if (has_protocol(name)) {
			if (check_protocol(walk, name, what, err) < 0)
				return -1;
			continue;
		}
		real = resolve(from, name, what, err);
		fd = real != NULL ? open_named(walk, real, what, err) : -1;
		inner.json = &unused;
		/* A sparse one may name others again. */
		result = fd < 0 ? -1 : write_node(&inner, fd, real, guess(fd), err);
		text_free(&unused);
		free(real);
		if (result != 0)
			return -1;
	}
	return 0;
}

static bool may_have_backing(const char *format)
{
	return strcmp(format, "qcow2") == 0 || strcmp(format, "qcow") == 0 || strcmp(format, "qed") == 0 ||
	       strcmp(format, "vmdk") == 0;
}

/* Ends because each level needs a file that is not there yet. */
static int write_node(struct walk *walk, int fd, const char *path, const char *format, struct err *err)
{
	struct chain_names names;
	int result;

	if (++walk->depth > DEPTH_MAX)
		return err_set(err, "lies over more than %d files", DEPTH_MAX);
	if (chain_read_names(&names, fd, format, err) != 0)
		return -1;
	text_printf(walk->json, "{\"driver\":\"%s\",", format);
	write_file(walk, fd, path, format);
	result = check_extents(walk, path, &names, err);
	if (result == 0)
		result = write_data(walk, path, &names, err);
	if (result == 0 && may_have_backing(format))
		result = write_backing(walk, path, &names, err);
	text_char(walk->json, '}');
	chain_names_done(&names);
	walk->depth--;
	return result;
}

int chain_find(struct chain *chain, int fd, const char *path, const char *format,
	       const struct image_options *options, struct text *json, struct err *err)
{
	struct walk walk = {.chain = chain, .options = options, .json = json};
	char *real = realpath(path, NULL);
	int result;

	if (real == NULL)
		return err_set(err, "cannot open: %s", strerror(errno));
	result = add_file(chain, real, fd, err);
	if (result == 0)
		result = write_node(&walk, fd, real, format, err);
	free(real);
	return result == 0 && json->short_of_memory ? err_nomem(err) : result;
}
