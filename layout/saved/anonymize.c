/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens for names: a hash under a key that is drawn for this one map and forgotten.  Who has the map can
   see which names are the same, and how deep a file lies, but nothing of what it is called. */
#include "base/siphash.h"
#include "layout/fs.h"
#include "layout/saved/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void saved_token(const uint64_t key[2], const char *name, size_t len, char token[TOKEN_LEN + 1])
{
	snprintf(token, TOKEN_LEN + 1, "n%012" PRIx64, siphash(key, name, len) & 0xffffffffffff);
}

/* A field that holds something gets its token. */
static void hide(const uint64_t key[2], char *field, size_t size)
{
	char token[TOKEN_LEN + 1];

	if (field[0] == '\0')
		return;
	saved_token(key, field, strlen(field), token);
	memset(field, 0, size);
	snprintf(field, size, "%s", token);
}

/* Volumes are VG/LV and md/NAME, disks and partitions are numbered. */
static int hide_volume(const uint64_t key[2], struct space *space)
{
	const char *slash = strchr(space->name, '/');
	char group[TOKEN_LEN + 1], volume[TOKEN_LEN + 1];
	char *name;

	if (space->type != SPACE_VOLUME)
		return 0;
	if (slash == NULL)
		slash = space->name + strlen(space->name);
	saved_token(key, space->name, (size_t)(slash - space->name), group);
	if (strncmp(space->name, "md/", 3) == 0)
		snprintf(group, sizeof(group), "md");
	saved_token(key, *slash ? slash + 1 : "", *slash ? strlen(slash + 1) : 0, volume);
	if (asprintf(&name, "%s%s%s", group, *slash ? "/" : "", *slash ? volume : "") < 0)
		return -1;
	free(space->name);
	space->name = name;
	return 0;
}

/* "type 0x83" and "Linux LVM" say nothing of the user, "name NAME" behind it does. */
static void hide_about(const uint64_t key[2], char *about, size_t size)
{
	char *name = strncmp(about, "name ", 5) == 0 ? about : strstr(about, ", name ");

	if (name == NULL)
		return;
	name += name == about ? 5 : 7;
	hide(key, name, size - (size_t)(name - about));
}

static int hide_space(const uint64_t key[2], struct space *space)
{
	hide_about(key, space->about, sizeof(space->about));
	hide(key, space->content.label, sizeof(space->content.label));
	hide(key, space->content.uuid, sizeof(space->content.uuid));
	hide(key, space->content.detail, sizeof(space->content.detail));
	if (hide_volume(key, space) != 0)
		return -1;
	return space->fs != NULL ? space->fs->ops->anonymize(space->fs, key) : 0;
}

/* Notes name volumes, files' contents, and more. */
static void hide_notes(struct map *map)
{
	size_t n = map->notes.n + map->notes.left_out;

	for (size_t i = 0; i < map->notes.n; i++)
		free(map->notes.at[i].text);
	map->notes.n = map->notes.left_out = 0;
	if (n > 0)
		map_note(map, map->spaces.at[0], "%zu notes are left out, because they may hold names", n);
}

int saved_anonymize(struct map *map, struct err *err)
{
	uint64_t key[2];

	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return err_set(err, "cannot draw a random number: %s", strerror(errno));
	for (size_t i = 0; i < map->spaces.n; i++)
		if (hide_space(key, map->spaces.at[i]) != 0)
			return err_nomem(err);
	hide_notes(map);
	map->anonymous = true;
	if (map->saved != NULL) {
		map->saved->fingerprints.n = 0;
		free(map->saved->of);
		map->saved->of = NULL;
	}
	explicit_bzero(key, sizeof(key));
	return map->notes.short_of_memory ? err_nomem(err) : 0;
}
