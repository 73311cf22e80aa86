/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/merge_files.h"

#include "cli/cli.h"
#include "cli/part_file.h"
#include "parts/about.h"

#include <string.h>
#include <sys/stat.h>

void merge_files_init(struct merge_files *files, const char *tmpdir)
{
	memset(files, 0, sizeof(*files));
	files->tmpdir = tmpdir;
	order_init(&files->order);
}

void merge_files_done(struct merge_files *files)
{
	if (files->order.cards.n > 0)
		part_done(&files->first);
	for (size_t i = 0; i < files->files.n; i++)
		text_free(&files->files.at[i].kept);
	VEC_FREE(&files->files);
	text_free(&files->bytes);
	order_done(&files->order);
}

/* --- looking --- */

static int differs(const struct merge_files *files, const struct part *part, struct err *err)
{
	return files->order.across ? about_options_differ(&files->first, part, err)
				   : about_differs(&files->first, part, err);
}

/* The part is kept, when it is the first one. */
static int look_at_part(struct merge_files *files, const char *path, size_t at, size_t len, struct err *err)
{
	struct order *order = &files->order;
	struct part part;
	bool first = order->cards.n == 0;

	if (part_read(&part, files->bytes.at + at, len, err) != 0)
		return -1;
	part.name = path;
	if ((!first && differs(files, &part, err) != 0) ||
	    (order_add(order, &part, files->files.n - 1, at, len) != 0 && err_nomem(err) != 0)) {
		part_done(&part);
		return -1;
	}
	if (first)
		files->first = part;
	else
		part_done(&part);
	return 0;
}

static bool is_regular(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int look_at_file(struct merge_files *files, const char *path, struct err *err)
{
	struct merge_file file = {.path = path};
	struct text *bytes = &files->bytes;
	size_t at = 0, len;

	bytes->n = 0;
	if (part_file_read(bytes, path, files->tmpdir, err) != 0)
		return -1;
	if (VEC_PUSH(&files->files, file) != 0 || !text_reserve(bytes, 1))
		return err_nomem(err);
	do {
		len = part_first(bytes->at + at, bytes->n - at);
		if (look_at_part(files, path, at, len, err) != 0)
			return -1;
		at += len;
	} while (at < bytes->n);
	if (!is_regular(path)) {
		files->files.at[files->files.n - 1].kept = *bytes;
		memset(bytes, 0, sizeof(*bytes));
	}
	return 0;
}

int merge_files_look(struct merge_files *files, const char *const *paths, size_t n)
{
	const char *name = NULL;
	struct err err;

	for (size_t i = 0; i < n; i++)
		if (look_at_file(files, paths[i], &err) != 0)
			return fail(paths[i], &err);
	files->at = files->files.n;
	return order_sort(&files->order, &name, &err) == 0 ? 0 : fail(name, &err);
}

/* --- reading again --- */

static const struct text *bytes_of(struct merge_files *files, size_t i, struct err *err)
{
	const struct merge_file *file = &files->files.at[i];

	if (file->kept.at != NULL)
		return &file->kept;
	if (files->at == i)
		return &files->bytes;
	files->bytes.n = 0;
	files->at = files->files.n;
	if (part_file_read(&files->bytes, file->path, files->tmpdir, err) != 0)
		return NULL;
	files->at = i;
	return &files->bytes;
}

static int read_again(struct merge_files *files, const struct order_card *card, struct part *part,
		      struct err *err)
{
	const struct text *bytes = bytes_of(files, card->file, err);

	if (bytes == NULL)
		return -1;
	if (bytes->n < card->at + card->len)
		return err_set(err, "has changed while it was read");
	if (part_read(part, bytes->at + card->at, card->len, err) != 0)
		return -1;
	part->name = card->name;
	if (part->number == card->number && part->last == card->last && differs(files, part, err) == 0)
		return 0;
	part_done(part);
	return err_set(err, "has changed while it was read");
}

int merge_files_each(struct merge_files *files, merge_files_tell *tell, void *context)
{
	for (size_t i = 0; i < files->order.cards.n; i++) {
		const struct order_card *card = &files->order.cards.at[i];
		struct part part;
		struct err err;
		int status = read_again(files, card, &part, &err);

		if (status == 0) {
			status = tell(context, card, &part, &err);
			part_done(&part);
		}
		if (status != 0)
			return fail(card->name, &err);
	}
	return 0;
}

static int add_to_report(void *context, const struct order_card *card, const struct part *part,
			 struct err *err)
{
	(void)card;
	return merge_add(context, part, err);
}

int merge_files_report(struct merge_files *files, struct merge *merge)
{
	struct err err;

	if (order_is_whole(&files->order, &err) != 0)
		return fail(NULL, &err);
	return merge_files_each(files, add_to_report, merge);
}
