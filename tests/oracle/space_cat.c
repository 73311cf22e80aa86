/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the bytes of a space as the parsers of layout/ read them: space_cat DISK DEVICE. */
#include "layout/map.h"

#include <stdio.h>
#include <stdlib.h>

static int print_space(const struct space *space)
{
	static char buf[1 << 20];
	struct err err;

	for (uint64_t at = 0, len; at < space_bytes(space); at += len) {
		len = space_bytes(space) - at < sizeof(buf) ? space_bytes(space) - at : sizeof(buf);
		if (space_read(space, at, buf, len, &err) != 0 || fwrite(buf, 1, len, stdout) != len) {
			fprintf(stderr, "space_cat: %s\n", err.text);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const struct space *space;
	struct map *map;
	struct err err;
	int status;

	if (argc != 3) {
		fprintf(stderr, "usage: space_cat DISK DEVICE\n");
		return EXIT_FAILURE;
	}
	if (map_open(&map, argv[1], NULL, &err) != 0) {
		fprintf(stderr, "space_cat: %s\n", err.text);
		return EXIT_FAILURE;
	}
	space = map_space_named(map, argv[2]);
	status = space != NULL ? print_space(space) : EXIT_FAILURE;
	map_close(map);
	return status;
}
