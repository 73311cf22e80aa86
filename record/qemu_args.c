/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From libguestfs' lib/launch-direct.c (add_drives, hd%zu, "appliance") and lib/qemu.c (its questions). */
#include "record/qemu_args.h"

#include <stdlib.h>
#include <string.h>

bool qemu_is_question(char *const *argv)
{
	static const char *const words[] = {"-qmp", "-help", "--help", "-version", "--version", "help", "?"};

	for (int i = 1; argv[i] != NULL; i++) {
		size_t len = strlen(argv[i]);

		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (strcmp(argv[i], words[k]) == 0)
				return true;
		if ((len > 5 && strcmp(argv[i] + len - 5, ",help") == 0) ||
		    (len > 2 && strcmp(argv[i] + len - 2, ",?") == 0))
			return true;
	}
	return false;
}

/* Where the next option begins: behind a comma that is not doubled. */
static const char *next_option(const char *at)
{
	for (; *at != '\0'; at++) {
		if (*at != ',')
			continue;
		if (at[1] != ',')
			return at + 1;
		at++;
	}
	return at;
}

/* A value with its doubled commas made single. */
static char *value_copy(const char *at)
{
	char *value = malloc(strlen(at) + 1), *to = value;

	for (; value != NULL && *at != '\0'; at++) {
		if (*at == ',' && *++at != ',')
			break;
		*to++ = *at;
	}
	if (value != NULL)
		*to = '\0';
	return value;
}

char *qemu_option(const char *options, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = options; *at != '\0'; at = next_option(at))
		if (strncmp(at, key, len) == 0 && at[len] == '=')
			return value_copy(at + len + 1);
	return NULL;
}

static bool is_users(const char *options)
{
	char *id = qemu_option(options, "id");
	bool users = id != NULL && strncmp(id, "hd", 2) == 0;

	free(id);
	return users;
}

const char *qemu_next_drive(char *const *argv, int *at)
{
	while (argv[*at] != NULL) {
		const char *word = argv[(*at)++];

		if (strcmp(word, "-drive") != 0 || argv[*at] == NULL)
			continue;
		word = argv[(*at)++];
		if (is_users(word))
			return word;
	}
	return NULL;
}
