/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Package names are Debian's. */
#include "record/program.h"

#include <errno.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

static const struct {
	const char *program, *package;
} packages[] = {
    {"nbdkit", "nbdkit"},
    {"qemu-system-x86_64", "qemu-system-x86"},
    {"qemu-system-i386", "qemu-system-x86"},
    {"qemu-system-aarch64", "qemu-system-arm"},
    {"qemu-system-ppc64", "qemu-system-ppc"},
    {"qemu-system-*", "qemu-system"},
    {"guestfish", "guestfish"},
    {"guestmount", "guestmount"},
    {"virt-*", "guestfs-tools"},
    {"nbdcopy", "libnbd-bin"},
    {"nbdinfo", "libnbd-bin"},
    {"nbdsh", "python3-libnbd"},
    {"qemu-img", "qemu-utils"},
    {"qemu-io", "qemu-utils"},
};

char *program_find(const char *name, const char *path)
{
	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0 ? strdup(name) : NULL;
	for (path = path ? path : USUAL_PATH; *path != '\0'; path += *path == ':') {
		size_t len = strcspn(path, ":");
		char *file;

		if (asprintf(&file, "%.*s/%s", len ? (int)len : 1, len ? path : ".", name) < 0)
			return NULL;
		if (access(file, X_OK) == 0)
			return file;
		free(file);
		path += len;
	}
	return NULL;
}

int program_missing(const char *name, int reason, struct err *err)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	if (reason != ENOENT)
		return err_set(err, "cannot run %s: %s", name, strerror(reason));
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (fnmatch(packages[i].program, base, 0) == 0)
			return err_set(err, "%s is missing: install the package %s", name,
				       packages[i].package);
	return err_set(err, "cannot run %s: there is no such program", name);
}
