/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report on standard output, or as files, of which all are made before the first is written. */
#include "cli/report_dir.h"

#include "base/size.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "viz/page.h"
#include "viz/picture.h"
#include "viz/write.h"

#include <stdio.h>

enum { REPORT_TEXT, REPORT_JSON, REPORT_PICTURE, REPORT_SHEET, REPORT_PAGE, REPORT_FILES };

static const char *const names[REPORT_FILES] = {
    [REPORT_TEXT] = "report.txt", [REPORT_JSON] = "report.json", [REPORT_PICTURE] = "picture.png",
    [REPORT_SHEET] = "sheet.png", [REPORT_PAGE] = "index.html",
};

static int make_picture(struct text *out, struct picture picture, enum view_id view,
			const struct source *source, struct err *err)
{
	struct text note = {0};
	struct scene scene;
	int status;

	picture.view = view;
	status = picture_scene(&scene, &picture, &note, err);
	text_free(&note);
	if (status != 0)
		return -1;
	status = write_png(out, &scene, source, err);
	scene_free(&scene);
	return status;
}

static int make_page(struct text *out, const struct picture *picture, const struct source *source,
		     const struct results *results, struct err *err)
{
	struct text note = {0};
	struct scene scene;
	int status = picture_scene(&scene, picture, &note, err);

	text_free(&note);
	if (status != 0)
		return -1;
	status = write_page(out, picture, &scene, source, results->notes.at, results->notes.n, err);
	scene_free(&scene);
	return status;
}

/* The map, a cell each where there is room, and the sheet; the page begins with the one that a picture is by
   default. */
static int make_pictures(struct output *files, const struct results *results, const struct analysis *analysis,
			 struct err *err)
{
	struct picture picture = {
	    .trace_path = results->trace.file,
	    .disk_path = results->disk.file,
	    .device = results->trace.device,
	    .map = analysis->map,
	    .analysis = analysis,
	    .heat = analysis_state(analysis, &statistic_heat),
	    .warnings = results->warnings.at,
	    .nwarnings = results->warnings.n,
	};
	struct source source = {.program = "blkmap " BLKMAP_VERSION,
				.trace = path_base(results->trace.file),
				.disk = path_base(results->disk.file)};
	enum view_id map = picture_is_small(&picture) ? VIEW_CELLS : VIEW_DISK;

	if (make_picture(&files[REPORT_PICTURE].text, picture, map, &source, err) != 0 ||
	    make_picture(&files[REPORT_SHEET].text, picture, VIEW_SHEET, &source, err) != 0)
		return -1;
	return make_page(&files[REPORT_PAGE].text, &picture, &source, results, err);
}

int plan_report_directory(struct common *common, const char *path)
{
	int status = 0;

	for (size_t i = 0; i < REPORT_FILES && status == 0; i++) {
		struct text name = {0};

		text_printf(&name, "%s/%s", path, names[i]);
		status = name.short_of_memory ? STATUS_FAILED : plan_output(common, name.at);
		text_free(&name);
	}
	return status;
}

int report_print(const struct results *results, bool json)
{
	struct text out = {0};
	struct err err;
	int status = json ? report_json(&out, results, print_text, &err)
			  : report_text(&out, results, terminal_width(), &err);

	if (status < 0)
		status = fail(NULL, &err);
	else if (status == 0)
		status = print_text(&out);
	text_free(&out);
	return status;
}

int report_directory(const char *path, const struct results *results, const struct analysis *analysis,
		     const struct outfile_options *options)
{
	struct output files[REPORT_FILES] = {0};
	struct err err;
	int status;

	for (size_t i = 0; i < REPORT_FILES; i++)
		files[i].name = names[i];

	if (report_text(&files[REPORT_TEXT].text, results, 0, &err) != 0 ||
	    report_json(&files[REPORT_JSON].text, results, NULL, &err) != 0 ||
	    make_pictures(files, results, analysis, &err) != 0)
		status = fail(path, &err);
	else
		status = output_directory(path, files, REPORT_FILES, options);
	for (size_t i = 0; i < REPORT_FILES; i++)
		text_free(&files[i].text);
	return status;
}

int common_statistic(const struct statistic **list, unsigned *n, const char *name, struct err *err)
{
	const struct statistic *statistic = report_statistic(name, err);

	if (statistic == NULL)
		return -1;
	for (unsigned i = 0; i < *n; i++)
		if (statistic_same(list[i], statistic)) {
			statistic_unask(statistic);
			return 0;
		}
	if (*n == COMMON_STATISTICS_MAX) {
		statistic_unask(statistic);
		return err_set(err, "-z: at most %d statistics", COMMON_STATISTICS_MAX);
	}
	list[(*n)++] = statistic;
	return 0;
}

void common_statistics_done(const struct statistic *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		statistic_unask(list[i]);
}

int common_top(uint64_t *top, const char *value, struct err *err)
{
	if (number_parse(value, top, err) != 0 || *top == 0)
		return err_set(err, "--top: expected a number from 1, and found '%.40s'", value);
	return 0;
}
