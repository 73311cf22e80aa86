/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages, notes and text, each where it goes. */
#include "cli/cli.h"

#include "base/escape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int fail(const char *file, const struct err *err)
{
	struct text line = {0};

	text_str(&line, "blkmap: ");
	if (file != NULL) {
		escape_terminal(&line, file, strlen(file));
		text_str(&line, ": ");
	}
	escape_terminal(&line, err->text, strlen(err->text));
	fprintf(stderr, "%s\n", line.at ? line.at : "blkmap: out of memory");
	text_free(&line);
	return STATUS_FAILED;
}

/* How wide it is on a terminal that shows it: a column a character. */
static int width(const char *text, size_t len)
{
	int columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

void print_caret(const struct caret *caret)
{
	struct text line = {0};
	size_t before;

	if (caret->text == NULL)
		return;
	escape_terminal(&line, caret->text, caret->at);
	before = line.n;
	escape_terminal(&line, caret->text + caret->at, strlen(caret->text + caret->at));
	if (line.at != NULL)
		fprintf(stderr, "  %s\n  %*s^\n", line.at, width(line.at, before), "");
	text_free(&line);
}

int fail_usage(const struct command *command, const char *fmt, ...)
{
	struct err err;
	va_list ap;
	size_t used;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, ap);
	va_end(ap);
	used = strlen(err.text);
	snprintf(err.text + used, sizeof(err.text) - used, "; usage: blkmap %s %s", command->name,
		 command->usage);
	return fail(NULL, &err);
}

int print_text(struct text *text)
{
	struct err err;
	size_t wrote;

	if (text->short_of_memory) {
		err_nomem(&err);
		return fail(NULL, &err);
	}
	wrote = text->n ? fwrite(text->at, 1, text->n, stdout) : 0;
	if (wrote == text->n && fflush(stdout) == 0) {
		text_clear(text);
		return 0;
	}
	/* A reader that has seen enough (head) is no failure of ours, but there is nothing left to do. */
	if (errno != EPIPE) {
		err_set(&err, "cannot write to standard output: %s", strerror(errno));
		fail(NULL, &err);
	}
	return STATUS_FAILED;
}

void print_notes(const struct map *map)
{
	struct text line = {0};

	for (size_t i = 0; i < map->notes.n; i++) {
		text_str(&line, "blkmap: ");
		escape_terminal(&line, map->path ? map->path : "", map->path ? strlen(map->path) : 0);
		text_str(&line, ": note: ");
		escape_terminal(&line, map->notes.at[i].text, strlen(map->notes.at[i].text));
		text_char(&line, '\n');
	}
	if (map->notes.left_out > 0)
		text_printf(&line, "blkmap: %s: and %zu more notes\n", map->path, map->notes.left_out);
	if (line.n > 0)
		fputs(line.at, stderr);
	text_free(&line);
}

unsigned terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}
