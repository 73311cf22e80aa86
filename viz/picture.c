/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of views, and choosing one. */
#include "viz/picture.h"

#include <string.h>

/* More rows than this are no picture that a person would scroll through. */
#define CELLS_ROWS_AUTO 360
#define CELLS_ROWS_MAX 1500

static int make_cells(struct scene *scene, const struct picture *picture, struct err *err)
{
	size_t rows = cells_rows(picture->heat);

	if (picture->heat->bin_shift > 0)
		return err_set(
		    err, "too many sectors were touched for --view cells; --view disk shows them together");
	if (rows > CELLS_ROWS_MAX)
		return err_set(err,
			       "%zu rows of 64 sectors were touched, --view cells draws at most %d; "
			       "--view disk shows them together",
			       rows, CELLS_ROWS_MAX);
	return scene_of_cells(scene, picture, err);
}

const struct view views[] = {
    [VIEW_AUTO] = {NULL, NULL},
    [VIEW_CELLS] = {"cells", make_cells},
    [VIEW_DISK] = {"disk", scene_of_disk},
    [VIEW_TIME] = {"time", scene_of_time},
    [VIEW_SHEET] = {"sheet", scene_of_sheet},
};

enum view_id view_named(const char *name)
{
	for (int view = VIEW_AUTO + 1; view < VIEWS; view++)
		if (strcmp(views[view].name, name) == 0)
			return (enum view_id)view;
	return VIEW_AUTO;
}

bool picture_is_small(const struct picture *picture)
{
	return picture->heat->bin_shift == 0 && cells_rows(picture->heat) <= CELLS_ROWS_AUTO;
}

/* The view that VIEW_AUTO stands for, with the reason in `note` when it is not cells. */
static enum view_id picture_view(const struct picture *picture, struct text *note)
{
	size_t rows = cells_rows(picture->heat);

	if (picture->view != VIEW_AUTO)
		return picture->view;
	if (picture_is_small(picture))
		return VIEW_CELLS;
	if (picture->heat->bin_shift > 0)
		text_str(note, "too many sectors were touched for a cell each");
	else
		text_printf(note, "%zu rows of 64 sectors were touched, too many for a cell each", rows);
	text_str(note, "; drawing the sheet instead (--view cells, disk, time or sheet chooses)");
	return VIEW_SHEET;
}

int picture_scene(struct scene *scene, const struct picture *picture, struct text *note, struct err *err)
{
	int status;

	memset(scene, 0, sizeof(*scene));
	if (picture->heat->short_of_memory)
		return err_nomem(err);
	status = views[picture_view(picture, note)].scene(scene, picture, err);
	if (status == 0 &&
	    (scene->short_of_memory || scene->strings.short_of_memory || note->short_of_memory))
		status = err_nomem(err);
	if (status != 0)
		scene_free(scene);
	return status;
}
