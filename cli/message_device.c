/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/message_device.h"

#include "base/device_name.h"
#include "layout/device.h"

#include <stdio.h>
#include <string.h>

int device_names_give(struct device_names *names, const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	struct device_given given;

	if (strncmp(text, "/dev/", 5) == 0)
		text += 5;
	if (equals == NULL || equals <= text || equals[1] == '\0' ||
	    equals - text >= (long)sizeof(given.name))
		return err_set(err, "--name: '%.100s' is not NAME=DEVICE", text);
	snprintf(given.name, sizeof(given.name), "%.*s", (int)(equals - text), text);
	given.device = equals + 1;
	return VEC_PUSH(&names->given, given) == 0 ? 0 : err_nomem(err);
}

void device_names_done(struct device_names *names)
{
	VEC_FREE(&names->given);
}

static const char *given_device(const struct device_names *names, const char *name, size_t len)
{
	for (size_t i = 0; i < names->given.n; i++)
		if (strlen(names->given.at[i].name) == len && memcmp(names->given.at[i].name, name, len) == 0)
			return names->given.at[i].device;
	return NULL;
}

/* Names of the device mapper and of arrays tell only where they are those of the map. */
static bool is_stacked(const char *name)
{
	return strncmp(name, "dm-", 3) == 0 || strncmp(name, "md", 2) == 0;
}

static const char *disk_node(const struct device_names *names)
{
	const char *slash = strrchr(names->disk, '/');

	return strncmp(names->disk, "/dev/", 5) == 0 ? slash + 1 : NULL;
}

static bool is_text(const char *text, const char *name, size_t len)
{
	return strlen(text) == len && memcmp(text, name, len) == 0;
}

void device_names_hear(struct device_names *names, const char *name)
{
	unsigned partition;
	size_t len;

	if (is_stacked(name) || given_device(names, name, strlen(name)) != NULL ||
	    !device_name_node(name, &len, &partition) || given_device(names, name, len) != NULL)
		return;
	for (size_t i = 0; i < names->ndisks; i++)
		if (is_text(names->disks[i], name, len))
			return;
	if (names->ndisks < MESSAGE_DISKS)
		snprintf(names->disks[names->ndisks++], sizeof(names->disks[0]), "%.*s", (int)len, name);
}

bool device_names_asked(struct device_names *names, const char *name)
{
	for (size_t i = 0; i < names->nasked; i++)
		if (strcmp(names->asked[i], name) == 0)
			return true;
	if (names->nasked < MESSAGE_DISKS)
		snprintf(names->asked[names->nasked++], sizeof(names->asked[0]), "%s", name);
	return false;
}

/* Whether --name says which message's name is the first disk: all others are of other disks then. */
static bool disk_is_given(const struct device_names *names)
{
	unsigned partition;
	struct err err;
	size_t len;

	for (size_t i = 0; i < names->given.n; i++)
		if (device_name_node(names->given.at[i].name, &len, &partition) &&
		    !is_stacked(names->given.at[i].name) && partition == 0 &&
		    device_find(names->map, names->given.at[i].device, &err) == map_disk(names->map))
			return true;
	return false;
}

/* The disk that a node's name means, without its partition. */
static enum device_answer find_disk(const struct device_names *names, const char *name, size_t len,
				    const struct space **disk, struct err *err)
{
	const char *given = given_device(names, name, len), *node = disk_node(names);
	unsigned partition;
	size_t node_len;

	if (given != NULL) {
		*disk = device_find(names->map, given, err);
		return *disk != NULL ? DEVICE_FOUND : DEVICE_ASKED;
	}
	*disk = map_disk(names->map);
	if (node != NULL && device_name_node(node, &node_len, &partition))
		return is_text(node, name, len) ? DEVICE_FOUND : DEVICE_ELSEWHERE;
	if (disk_is_given(names))
		return DEVICE_ELSEWHERE;
	if (names->ndisks <= 1)
		return DEVICE_FOUND;
	err_set(
	    err,
	    "there are messages of %s and of %s: --name %s=disk, or --name %s=disk, says which is this disk",
	    names->disks[0], names->disks[1], names->disks[0], names->disks[1]);
	return DEVICE_ASKED;
}

static enum device_answer find_node(const struct device_names *names, const char *name, size_t len,
				    unsigned partition, const struct space **space, struct err *err)
{
	enum device_answer answer = find_disk(names, name, len, space, err);
	char path[128];

	if (answer != DEVICE_FOUND || partition == 0)
		return answer;
	if (*space == map_disk(names->map))
		snprintf(path, sizeof(path), "part%u", partition);
	else
		snprintf(path, sizeof(path), "%.100s/part%u", (*space)->name, partition);
	*space = map_space_named(names->map, path);
	if (*space != NULL)
		return DEVICE_FOUND;
	err_set(err, "it has no partition %u for %s; --name %s=DEVICE says what that is", partition, name,
		name);
	return DEVICE_ASKED;
}

/* By its own name, or by none. */
static enum device_answer find_named(const struct device_names *names, const char *name,
				     const struct space **space, struct err *err)
{
	struct err why;

	*space = strncmp(name, "dm-", 3) != 0 ? device_find(names->map, name, &why) : NULL;
	if (*space != NULL && ((*space)->type == SPACE_VOLUME || strcmp((*space)->name, name) == 0))
		return DEVICE_FOUND;
	*space = device_find(names->map, "?", &why);
	err_set(err, "nothing says which device %.60s is; --name %.60s=DEVICE does%.200s", name, name,
		strncmp(why.text, "no device '?' is on it", 22) == 0 ? why.text + 22 : "");
	return DEVICE_ASKED;
}

enum device_answer device_names_find(const struct device_names *names, const char *name,
				     const struct space **space, struct err *err)
{
	const char *given = given_device(names, name, strlen(name));
	unsigned partition;
	size_t len;

	if (given != NULL) {
		*space = device_find(names->map, given, err);
		if (*space == NULL)
			err_prefix(err, "--name: ");
		return *space != NULL ? DEVICE_FOUND : DEVICE_ASKED;
	}
	if (!is_stacked(name) && device_name_node(name, &len, &partition))
		return find_node(names, name, len, partition, space, err);
	return find_named(names, name, space, err);
}
