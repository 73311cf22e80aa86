/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blktrace writes one file a CPU, DEVICE.blktrace.CPU, and its tools name a set by its stem
   (blktrace(8) -o and -D, blkparse(1) -i and -D). */
#include "trace/input/files.h"

#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 4096
#define INFIX ".blktrace."

/* What may stand behind a CPU's number: nothing, or the suffix of a compressed file. */
static bool is_suffix(const char *text)
{
	static const char *const suffixes[] = {"", ".gz", ".xz", ".zst", ".bz2"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcmp(text, suffixes[i]) == 0)
			return true;
	return false;
}

/* Whether a name is STEM.blktrace.DIGITS, for any stem where it is NULL. */
static bool is_member(const char *name, const char *stem)
{
	const char *cpu = name;

	for (const char *next = name; (next = strstr(next, INFIX)) != NULL; next++)
		cpu = next;
	if (cpu == name ||
	    (stem != NULL && (strncmp(name, stem, (size_t)(cpu - name)) != 0 || stem[cpu - name] != '\0')))
		return false;
	cpu += strlen(INFIX);
	return *cpu >= '0' && *cpu <= '9' && is_suffix(cpu + strspn(cpu, "0123456789"));
}

/* Names that differ in a number only come in the order of the numbers. */
static int by_name(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct files *files, const char *dir, const char *name, struct err *err)
{
	char *path = NULL;

	if (files->n >= FILES_MAX)
		return err_set(err, "more than %d blktrace files", FILES_MAX);
	if ((dir ? asprintf(&path, "%s/%s", dir, name) : asprintf(&path, "%s", name)) < 0)
		return err_nomem(err);
	if (vec_reserve((void **)&files->at, &files->cap, files->n + 1, sizeof(char *)) != 0) {
		free(path);
		return err_nomem(err);
	}
	files->at[files->n++] = path;
	return 0;
}

static int scan_dir(struct files *files, const char *dir, const char *stem, struct err *err)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	int rc = 0;

	if (stream == NULL)
		return err_set(err, "cannot read the directory: %s", strerror(errno));
	while (rc == 0 && (entry = readdir(stream)) != NULL)
		if (is_member(entry->d_name, stem))
			rc = add(files, dir, entry->d_name, err);
	closedir(stream);
	if (files->n > 0)
		qsort(files->at, files->n, sizeof(char *), by_name);
	return rc;
}

/* Looks for PATH.blktrace.CPU beside a path that does not exist. */
static int find_stem(struct files *files, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct err ignored;
	char *dir;
	int rc;

	if (slash == NULL || slash == path)
		dir = strdup(slash ? "/" : ".");
	else
		dir = strndup(path, (size_t)(slash - path));
	if (dir == NULL)
		return err_nomem(err);
	rc = scan_dir(files, dir, slash ? slash + 1 : path, &ignored);
	free(dir);
	if (rc != 0 && files->n > 0) {
		*err = ignored;
		return -1;
	}
	return files->n > 0 ? 0 : add(files, NULL, path, err);
}

int files_find(struct files *files, const char *path, struct err *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return add(files, NULL, path, err);
	if (stat(path, &st) != 0)
		return errno == ENOENT ? find_stem(files, path, err) : add(files, NULL, path, err);
	if (!S_ISDIR(st.st_mode))
		return add(files, NULL, path, err);
	if (scan_dir(files, path, NULL, err) != 0)
		return -1;
	if (files->n == 0)
		return err_set(err,
			       "is a directory without DEVICE.blktrace.CPU files, expected a trace file");
	return 0;
}

size_t files_in_set(const char *path)
{
	const char *slash = strrchr(path, '/'), *infix = NULL;
	struct files files = {.n = 0};
	struct err ignored;
	char *stem;
	size_t n;

	if (!is_member(slash ? slash + 1 : path, NULL))
		return 1;
	for (const char *next = path; (next = strstr(next, INFIX)) != NULL; next++)
		infix = next;
	stem = strndup(path, (size_t)(infix - path));
	if (stem == NULL || find_stem(&files, stem, &ignored) != 0)
		files_done(&files);
	free(stem);
	n = files.n > 0 ? files.n : 1;
	files_done(&files);
	return n;
}

/* The CPU of a file's name, and how long what stands before it is; false where it is no member of a set. */
static bool cpu_of(const char *path, size_t *stem, unsigned long *cpu)
{
	const char *slash = strrchr(path, '/'), *infix = NULL;

	if (!is_member(slash ? slash + 1 : path, NULL))
		return false;
	for (const char *next = path; (next = strstr(next, INFIX)) != NULL; next++)
		infix = next;
	*stem = (size_t)(infix - path);
	*cpu = strtoul(infix + strlen(INFIX), NULL, 10);
	return *cpu < 1 << 20;
}

/* Adds "1, 10-19" to a text; once it is full, no more. */
static void add_range(char *text, size_t size, unsigned long first, unsigned long last)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%lu", used ? ", " : "", first);
	used = strlen(text);
	if (last > first)
		snprintf(text + used, size - used, "-%lu", last);
}

size_t files_missing(const struct files *files, size_t i, char *text, size_t size)
{
	char ranges[160] = "";
	unsigned long next = 0, cpu, missing = 0;
	size_t stem, first = i, first_stem;

	text[0] = '\0';
	if (!cpu_of(files->at[i], &first_stem, &cpu))
		return i + 1;
	for (; i < files->n && cpu_of(files->at[i], &stem, &cpu) && stem == first_stem &&
	       strncmp(files->at[i], files->at[first], stem) == 0;
	     i++) {
		if (cpu > next) {
			add_range(ranges, sizeof(ranges), next, cpu - 1);
			missing += cpu - next;
		}
		next = cpu + 1;
	}
	if (missing > 0)
		snprintf(text, size, "CPU%s %s %s no file", missing == 1 ? "" : "s", ranges,
			 missing == 1 ? "has" : "have");
	return i > first ? i : first + 1;
}

void files_done(struct files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->at[i]);
	free(files->at);
	memset(files, 0, sizeof(*files));
}
