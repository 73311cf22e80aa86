/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on what is odd, with the name of the space that it was met in. */
#include "layout/driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void add_text(struct notes *notes, const struct space *space, const char *fmt, va_list ap)
{
	struct note note = {.space = space};
	char text[512];

	if (notes->n >= NOTES_MAX) {
		notes->left_out++;
		return;
	}
	vsnprintf(text, sizeof(text), fmt, ap);
	if (asprintf(&note.text, "%s: %s", space_name(space), text) < 0) {
		notes->short_of_memory = true;
		return;
	}
	if (VEC_PUSH(notes, note) != 0) {
		free(note.text);
		notes->short_of_memory = true;
	}
}

void notes_add(struct notes *notes, const struct space *space, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(notes, space, fmt, ap);
	va_end(ap);
}

void map_note(struct map *map, const struct space *space, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(&map->notes, space, fmt, ap);
	va_end(ap);
}

void map_take_notes(struct map *map, struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		if (map->notes.n < NOTES_MAX && VEC_PUSH(&map->notes, notes->at[i]) == 0)
			continue;
		free(notes->at[i].text);
		if (map->notes.n < NOTES_MAX)
			map->notes.short_of_memory = true;
		else
			map->notes.left_out++;
	}
	map->notes.left_out += notes->left_out;
	map->notes.short_of_memory |= notes->short_of_memory;
	notes->n = notes->left_out = 0;
	notes_free(notes);
}

void notes_free(struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free(notes->at[i].text);
	VEC_FREE(notes);
}

void notes_are_of_history(struct notes *notes, size_t first)
{
	for (size_t i = first; i < notes->n; i++)
		notes->at[i].of_history = true;
}

void notes_drop_history(struct notes *notes)
{
	size_t kept = 0;

	for (size_t i = 0; i < notes->n; i++)
		if (notes->at[i].of_history)
			free(notes->at[i].text);
		else
			notes->at[kept++] = notes->at[i];
	notes->n = kept;
}
