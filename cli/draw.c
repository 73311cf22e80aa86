/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap draw: a picture of a trace. */
#include "analyzer/clock.h"
#include "analyzer/analysis.h"
#include "base/size.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "reports/report.h"
#include "viz/page.h"
#include "viz/picture.h"
#include "viz/write.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char options_help[] =
    "  -o FILE             the picture: .png, .svg, .pdf or .html; - for standard output\n" COMMON_FORCES_HELP
    "  --kind KIND         png, svg, pdf or html, whatever FILE ends in; with -o - it must be given\n"
    "  --title TEXT        instead of the names of trace and disk\n"
    "  --width PIXELS      how wide the picture is at most, its shape kept\n"
    "  --height PIXELS     and how high\n"
    "  --view VIEW         cells (a cell a sector; default while there is room), sheet (the facts at a\n"
    "                      glance; default else), disk or time\n"
    "  --hilbert           the disk view along a Hilbert curve instead of in rows\n" COMMON_FILTER_HELP
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               the accesses outside the qtrace marks too\n" COMMON_DATED_HELP COMMON_TRACE_HELP
	COMMON_DISK_HELP;

enum {
	DRAW_VIEW = COMMON_LAST,
	DRAW_HILBERT,
	DRAW_DUMP_SCENE,
	DRAW_KIND,
	DRAW_TITLE,
	DRAW_WIDTH,
	DRAW_HEIGHT
};

struct writer {
	const char *extension;
	int (*write)(struct text *out, const struct scene *scene, const struct source *source,
		     struct err *err);
};

/* Without a writer it is the page, which needs more than a scene. */
static const struct writer writers[] = {
    {".png", write_png}, {".svg", write_svg}, {".pdf", write_pdf}, {".html", NULL}};

struct draw {
	const char *output;
	bool dump_scene;
	uint64_t width, height; /* at most; 0 for what the picture has */
	const struct writer *writer;
	struct picture picture;
	struct text options; /* the words of the command line that chose something */
};

static const struct writer *find_writer(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(writers) / sizeof(writers[0]); i++)
		if (strcasecmp(dot, writers[i].extension) == 0)
			return &writers[i];
	return NULL;
}

/* The writer of "png"; NULL where there is none. */
static const struct writer *writer_named(const char *kind)
{
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
		if (strcasecmp(kind, writers[i].extension + 1) == 0)
			return &writers[i];
	return NULL;
}

/* What it takes for the scene to be no larger than was asked for. */
static double zoom_of(const struct draw *draw, const struct scene *scene)
{
	double across = draw->width > 0 ? (double)draw->width / scene->width : 0,
	       down = draw->height > 0 ? (double)draw->height / scene->height : 0;

	return across > 0 && (down <= 0 || across < down) ? across : down;
}

static bool is_standard_output(const struct draw *draw)
{
	return draw->output != NULL && strcmp(draw->output, "-") == 0;
}

static int parse_pixels(uint64_t *pixels, const char *value, struct err *err)
{
	if (number_parse(value, pixels, err) != 0 || *pixels < 16 || *pixels > 30000)
		return err_set(err, "--width and --height: expected 16 to 30000 pixels, and found '%.40s'",
			       value);
	return 0;
}

static int parse_view(struct draw *draw, const char *word)
{
	draw->picture.view = view_named(word);
	return draw->picture.view == VIEW_AUTO ? -1 : 0;
}

static int write_scene(struct draw *draw, struct text *out, const struct scene *scene,
		       const struct results *results, struct err *err)
{
	struct source source = {
	    .program = "blkmap " BLKMAP_VERSION,
	    .trace = path_base(draw->picture.trace_path),
	    .disk = path_base(draw->picture.disk_path),
	    .options = draw->options.at,
	};

	if (draw->dump_scene) {
		scene_dump(out, scene);
		return 0;
	}
	if (draw->writer->write != NULL)
		return draw->writer->write(out, scene, &source, err);
	return write_page(out, &draw->picture, scene, &source, results->notes.at, results->notes.n, err);
}

/* Fills `out` with the file's bytes. */
static int make(struct draw *draw, struct text *out, const struct trace *trace, struct err *err)
{
	struct text note = {0};
	struct results results;
	struct scene scene;
	int status;

	draw->picture.heat = analysis_state(draw->picture.analysis, &statistic_heat);
	status = results_take(&results, trace, draw->picture.disk_path, draw->picture.map,
			      draw->picture.analysis, err);

	draw->picture.warnings = results.warnings.at;
	draw->picture.nwarnings = results.warnings.n;
	if (status == 0 && (status = picture_scene(&scene, &draw->picture, &note, err)) == 0) {
		scene.zoom = zoom_of(draw, &scene);
		status = write_scene(draw, out, &scene, &results, err);
		if (status == 0 && note.n > 0)
			fprintf(stderr, "blkmap: %s\n", note.at);
		scene_free(&scene);
	}
	results_done(&results);
	text_free(&note);
	return status;
}

static int analyze_and_draw(struct draw *draw, struct trace *trace, const struct map *map,
			    const struct fit *fit, const struct common *common)
{
	struct analysis_options options = {
	    .unit_sectors = common->unit_sectors,
	    .all = common->all,
	    .threads = common->map.threads,
	    .more = {&statistic_heat},
	    .nmore = 1,
	};
	struct analysis analysis;
	struct clock clock;
	struct text out = {0};
	struct err err;
	int status;

	/* The page, which has a writer of its own, shows times whatever the view is. */
	options.only_places = (draw->picture.view == VIEW_CELLS || draw->picture.view == VIEW_DISK) &&
			      (draw->dump_scene || draw->writer->write != NULL);
	options.base = fit->base;
	options.filter = common->filter;
	options.fit = fit;
	options.clock = &clock;
	analysis_init(&analysis, map, &options);
	draw->picture.map = map;
	draw->picture.device = common->trace.device;
	draw->picture.analysis = &analysis;
	if (find_clock(&clock, trace, map, fit->base, common, false) != 0)
		status = STATUS_FAILED;
	else if (analysis_run(&analysis, trace, &err) != 0)
		status = fail(draw->picture.trace_path, &err);
	else if (make(draw, &out, trace, &err) != 0)
		status = fail(draw->output, &err);
	else
		status = draw->dump_scene || is_standard_output(draw)
			     ? print_text(&out)
			     : output_file(draw->output, &out, &common->output);
	text_free(&out);
	analysis_done(&analysis);
	clock_done(&clock);
	return status;
}

/* Whether anything on a disk is known: any file may be a disk of which nothing is. */
static bool is_known(const struct map *map)
{
	const struct space *disk = map_disk(map);
	struct place place;

	map_find(map, 0, &place);
	return map->spaces.n > 1 || place.kind != KIND_UNKNOWN || place.count < disk->sectors;
}

/* One file that is no trace may be a disk: then its layout is drawn. 1 where it is none of which anything is
   known. */
static int draw_layout(struct draw *draw, struct common *common)
{
	struct picture picture = {.disk_path = draw->picture.trace_path, .title = draw->picture.title};
	struct text out = {0};
	struct map *map;
	struct scene scene;
	struct err err;
	int status;

	if (open_map(&map, picture.disk_path, common) != 0)
		return STATUS_FAILED;
	picture.map = map;
	draw->picture.disk_path = picture.disk_path;
	if (!is_known(map)) {
		map_close(map);
		draw->picture.disk_path = NULL;
		return 1;
	}
	draw->picture.trace_path = NULL;
	if (!draw->dump_scene && draw->writer->write == NULL)
		status = fail_usage(&command_draw, "a page in .html needs a trace");
	else if (scene_of_layout(&scene, &picture, &err) != 0)
		status = fail(draw->output, &err);
	else {
		scene.zoom = zoom_of(draw, &scene);
		status = write_scene(draw, &out, &scene, NULL, &err) != 0 ? fail(draw->output, &err)
			 : draw->dump_scene || is_standard_output(draw)
			     ? print_text(&out)
			     : output_file(draw->output, &out, &common->output);
		scene_free(&scene);
	}
	text_free(&out);
	map_close(map);
	return status;
}

/* A file that no trace begins like, and about which nothing was said that only a trace has. */
static bool may_be_disk(const struct draw *draw, const struct common *common)
{
	return draw->picture.disk_path == NULL && common->trace.format == NULL &&
	       strcmp(draw->picture.trace_path, "-") != 0 && draw->picture.view == VIEW_AUTO &&
	       trace_recognised(draw->picture.trace_path) == NULL;
}

static int open_and_draw(struct draw *draw, struct common *common)
{
	struct trace *trace;
	struct map *map;
	struct fit fit;
	int status;

	common->paints = is_standard_output(draw);
	if (draw->output != NULL && !draw->dump_scene && !is_standard_output(draw) &&
	    plan_output(common, draw->output) != 0)
		return STATUS_FAILED;
	if (may_be_disk(draw, common)) {
		int status_of_layout = draw_layout(draw, common);

		if (status_of_layout != 1)
			return status_of_layout;
	}
	if (open_both(&trace, &map, &fit, draw->picture.trace_path, draw->picture.disk_path, common) != 0)
		return STATUS_FAILED;
	print_fit(&fit, draw->picture.trace_path);
	status = analyze_and_draw(draw, trace, map, &fit, common);
	close_both(trace, map, &fit);
	return status;
}

/* How many words an option takes whose value says nothing about what is drawn: where to, with what
   threads. */
static int is_beside(const char *word)
{
	static const char *const options[][2] = {{"-o", "--output"}, {"-j", "--jobs"}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		for (size_t form = 0; form < 2; form++) {
			size_t len = strlen(options[i][form]);

			if (strncmp(word, options[i][form], len) == 0 &&
			    (form == 0 || word[len] == '=' || word[len] == '\0'))
				return word[len] == '\0' ? 2 : 1;
		}
	return 0;
}

/* A word without the directories of the file that it may name: "--kernel=/here/a.map" as "--kernel=a.map". */
static void remember_word(struct text *out, const char *word)
{
	const char *value = word[0] == '-' ? strchr(word, '=') : NULL;
	size_t before = value != NULL ? (size_t)(value + 1 - word) : 0;

	text_printf(out, "%s%.*s%s", out->n ? " " : "", (int)before, word, path_base(word + before));
}

/* The words that chose something. */
static void remember(struct draw *draw, char **words, int n)
{
	for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++) {
		int beside = is_beside(words[i]);

		if (beside > 0)
			i += beside - 1;
		else
			remember_word(&draw->options, words[i]);
	}
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct draw *draw = context;

	if (option == 'o')
		draw->output = value;
	else if (option == DRAW_HILBERT)
		draw->picture.hilbert = true;
	else if (option == DRAW_DUMP_SCENE)
		draw->dump_scene = true;
	else if (option == DRAW_TITLE)
		draw->picture.title = value;
	else if (option == DRAW_WIDTH || option == DRAW_HEIGHT)
		return parse_pixels(option == DRAW_WIDTH ? &draw->width : &draw->height, value, err);
	else if (option == DRAW_KIND && (draw->writer = writer_named(value)) == NULL)
		return err_set(err, "--kind: '%s' is not png, svg, pdf or html", value);
	else if (option == DRAW_KIND)
		return 0;
	else if (option != DRAW_VIEW)
		return err_set(err, "unknown option: -%c", option);
	else if (parse_view(draw, value) != 0)
		return err_set(err, "--view: '%s' is not cells, sheet, disk or time", value);
	return 0;
}

static int check(struct draw *draw, int arguments)
{
	if (arguments < 1 || arguments > 2)
		return fail_usage(&command_draw, "expected a trace and perhaps a disk, or a disk");
	if (draw->picture.hilbert && draw->picture.view == VIEW_AUTO)
		draw->picture.view = VIEW_DISK;
	if (draw->picture.hilbert && draw->picture.view != VIEW_DISK)
		return fail_usage(&command_draw, "--hilbert is a way to draw --view disk");
	if (draw->dump_scene)
		return 0;
	if (draw->output == NULL)
		return fail_usage(&command_draw, "expected -o FILE");
	if (draw->writer == NULL && is_standard_output(draw))
		return fail_usage(&command_draw, "-o - needs --kind png, svg, pdf or html");
	if (draw->writer == NULL)
		draw->writer = find_writer(draw->output);
	if (draw->writer == NULL)
		return fail_usage(&command_draw, "'%s' does not end in .png, .svg, .pdf or .html",
				  draw->output);
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_DISK,
	    COMMON_TRACE,
	    COMMON_DATED,
	    COMMON_FILTER,
	    COMMON_WRITING,
	    {"view", required_argument, NULL, DRAW_VIEW},
	    {"hilbert", no_argument, NULL, DRAW_HILBERT},
	    {"kind", required_argument, NULL, DRAW_KIND},
	    {"title", required_argument, NULL, DRAW_TITLE},
	    {"width", required_argument, NULL, DRAW_WIDTH},
	    {"height", required_argument, NULL, DRAW_HEIGHT},
	    {"dump-scene", no_argument, NULL, DRAW_DUMP_SCENE},
	    COMMON_HELP,
	    {0},
	};
	struct common common = COMMON_DATED_INIT;
	struct draw draw = {0};
	int status =
	    common_parse(&common, &command_draw, options, options_help, argc, argv, own_option, &draw);

	if (status == 0) {
		remember(&draw, argv + 1, optind - 1);
		status = check(&draw, argc - optind);
	} else if (status == 1) {
		status = STATUS_DONE;
		goto out;
	}
	if (status == 0) {
		draw.picture.trace_path = argv[optind];
		draw.picture.disk_path = argc - optind > 1 ? argv[optind + 1] : NULL;
		status = open_and_draw(&draw, &common);
	}
out:
	text_free(&draw.options);
	common_done(&common);
	return status;
}

const struct command command_draw = {
    .name = "draw",
    .usage = "[OPTIONS] TRACE [DISK] -o FILE (or only a DISK)",
    .help = "a picture: .png, .svg, .pdf or a page in .html",
    .run = run,
};
