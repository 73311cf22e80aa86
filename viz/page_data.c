/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page's data: one JSON document.  Long lists are base64 of variable-length integers (7 bits a byte, low
   ones first, the high bit says that more follow), which viz/page_places.js unpacks:

   runs   start minus the last one's, (name << EXTENT_FLAGS | flags) << 1 | joined, frame, base
   log    see page_log.c
   hits   class (8 is a flush), start as a zigzag difference, count, time axis difference as zigzag, command
   bins   key minus the last one's, requests, sectors
   tiles  the same

   A "<" never appears as itself, so that no name can end the element that holds the document. */
#include "base/escape.h"
#include "base/pack.h"
#include "layout/fs.h"
#include "viz/page.h"
#include "viz/page_log.h"
#include "viz/page_pack.h"
#include "viz/palette.h"
#include "viz/tracks.h"

#include <inttypes.h>
#include <string.h>

/* Files in the page's table; the report has all of them. */
#define FILES_MAX 3000

static void add_string(struct text *out, const char *bytes)
{
	struct text clean = {0}, quoted = {0};

	escape_terminal(&clean, bytes, strlen(bytes));
	escape_json(&quoted, clean.at ? clean.at : "", clean.n);
	for (size_t i = 0; i < quoted.n; i++)
		if (quoted.at[i] == '<')
			text_str(out, "\\u003c");
		else
			text_char(out, quoted.at[i]);
	out->short_of_memory |= clean.short_of_memory || quoted.short_of_memory;
	text_free(&clean);
	text_free(&quoted);
}

static void add_key(struct text *out, const char *key, const char *value)
{
	text_printf(out, ",\"%s\":", key);
	add_string(out, value);
}

/* --- packed lists --- */

static void add_runs(struct text *out, const struct tracks *tracks)
{
	struct text bytes = {0};
	uint64_t last = 0;

	for (size_t i = 0; i < tracks->runs.n; i++) {
		const struct track_run *run = &tracks->runs.at[i];

		pack_number(&bytes, run->start - last);
		pack_number(&bytes, ((uint64_t)run->name << EXTENT_FLAGS | run->flags) << 1 | run->joined);
		pack_number(&bytes, run->frame);
		pack_number(&bytes, run->base);
		last = run->start;
	}
	page_add_packed(out, "runs", &bytes);
}

/* The words for the bits of a run's flags. */
static void add_flags(struct text *out)
{
	text_str(out, ",\n\"flags\":[");
	for (unsigned bit = 0; bit < EXTENT_FLAGS; bit++)
		text_printf(out, "%s\"%s\"", bit ? "," : "", extent_flag_name(bit));
	text_char(out, ']');
}

/* The kinds whose names in `names` have a group as their owner, not a file. */
static void add_group_kinds(struct text *out)
{
	const char *comma = "";

	text_str(out, ",\n\"groupKinds\":[");
	for (int kind = 0; kind < KIND_COUNT; kind++)
		if (kind_has((enum kind)kind, KIND_OF_GROUP)) {
			text_printf(out, "%s\"%s\"", comma, kind_name((enum kind)kind));
			comma = ",";
		}
	text_char(out, ']');
}

static int add_log(struct text *out, const struct map *map, const struct tracks *tracks)
{
	struct text bytes = {0};
	int status = page_log(&bytes, map, tracks);

	text_str(out, ",\n\"logTypes\":[");
	for (int type = LOG_SUPERBLOCK; type < LOG_TYPES; type++)
		text_printf(out, "%s\"%s\"", type ? "," : "", log_type_name((enum log_type)type));
	text_char(out, ']');
	page_add_packed(out, "log", &bytes);
	return status;
}

static void add_hits(struct text *out, const struct heat *heat)
{
	struct text bytes = {0};
	uint64_t start = 0, when = 0;

	for (size_t i = 0; i < heat->kept.n; i++) {
		const struct heat_kept *kept = &heat->kept.at[i];

		pack_number(&bytes, kept->access.op == ACCESS_FLUSH
					? HEAT_CLASSES
					: heat_class((enum access_op)kept->access.op, kept->unaligned));
		page_pack_signed(&bytes, kept->access.start, start);
		pack_number(&bytes, kept->access.count);
		page_pack_signed(&bytes, kept->when, when);
		start = kept->access.start;
		when = kept->when;
	}
	page_add_packed(out, "hits", &bytes);
}

static void add_cells(struct text *out, const char *key, const struct heat_table *table)
{
	struct text bytes = {0};
	uint64_t last = 0;

	for (size_t i = 0; i < table->n; i++) {
		pack_number(&bytes, table->at[i].key - last);
		pack_number(&bytes, table->at[i].requests);
		pack_number(&bytes, table->at[i].sectors);
		last = table->at[i].key;
	}
	page_add_packed(out, key, &bytes);
}

static void add_heat(struct text *out, const struct heat *heat)
{
	text_printf(out, ",\n\"exact\":%s,\"hasTime\":%s,\"last\":%" PRIu64 ",\"flushes\":%" PRIu64,
		    heat_is_exact(heat) ? "true" : "false", heat->has_time ? "true" : "false", heat->last,
		    heat->flushes);
	if (heat_is_exact(heat)) {
		add_hits(out, heat);
		return;
	}
	text_printf(out,
		    ",\"binShift\":%u,\"placeShift\":%u,\"timeShift\":%u,\"timeSkew\":%" PRIu64
		    ",\"timeBits\":%d",
		    heat->bin_shift, heat->place_shift, heat->time_shift, heat->time_skew, HEAT_TIME_BITS);
	add_cells(out, "bins", &heat->bins);
	add_cells(out, "tiles", &heat->tiles);
}

/* --- tables --- */

/* [requests, sectors, unaligned] of reads, writes, discards and zeroes. */
static void add_counters(struct text *out, const struct counters *counters)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		text_printf(out, "%s%" PRIu64 ",%" PRIu64 ",%" PRIu64, op ? "," : "[",
			    counters->op[op].requests, counters->op[op].sectors, counters->op[op].unaligned);
	text_char(out, ']');
}

static void add_palette(struct text *out)
{
	text_str(out, ",\n\"families\":[");
	for (int family = 0; family < FAMILIES; family++) {
		text_str(out, family ? ",[" : "[");
		add_string(out, family_name((enum family)family));
		text_printf(out, ",\"#%06" PRIx32 "\",\"#%06" PRIx32 "\"]", family_tint((enum family)family),
			    family_band((enum family)family));
	}
	text_str(out, "],\n\"classes\":[");
	for (unsigned class = 0; class < HEAT_CLASSES; class ++)
		text_printf(out, "%s[\"%s\",\"#%06" PRIx32 "\"]", class ? "," : "", class_name(class),
			    class_colour(class));
	text_char(out, ']');
}

/* Whether the numbers of blocks go on from one sector to a later one, or none of both is in a block. */
static bool block_goes_on(const struct fs *fs, uint64_t from, uint64_t at)
{
	uint64_t first = 0, block = 0;
	bool has = fs_block(fs, from, &first);

	if (fs_block(fs, at, &block) != has)
		return false;
	return !has || block == first + (at - from) / fs->block_sectors;
}

/* Where they jump next behind a sector, at most at the end of the file system. */
static uint64_t next_jump(const struct fs *fs, uint64_t from)
{
	uint64_t low = from, step = 1;

	while (low + step < fs->sectors && block_goes_on(fs, from, low + step)) {
		low += step;
		step *= 2;
	}
	for (; step > 0; step /= 2)
		if (low + step < fs->sectors && block_goes_on(fs, from, low + step))
			low += step;
	return low + 1;
}

#define JUMPS_MAX 4096

/* From which sectors on blocks have which numbers (-1 for none), where that is not from 0 on. */
static void add_block_jumps(struct text *out, const struct fs *fs)
{
	uint64_t at = 0, block = 0;

	text_str(out, ",[");
	for (unsigned n = 0; fs != NULL && fs->ops->block != NULL && at < fs->sectors && n < JUMPS_MAX; n++) {
		text_printf(out, "%s%" PRIu64 ",%" PRId64, n ? "," : "", at,
			    fs_block(fs, at, &block) ? (int64_t)block : -1);
		at = next_jump(fs, at);
	}
	text_char(out, ']');
}

/* [name, depth, sectors, sectors of a block, contents, what the outer layer says, bytes of an inode or 0,
   [sector, block, ...] where the numbers of blocks jump] */
static void add_devices(struct text *out, const struct map *map)
{
	text_str(out, ",\n\"devices\":[");
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		text_str(out, i ? ",\n[" : "[");
		add_string(out, space->name);
		text_printf(out, ",%" PRIu32 ",%" PRIu64 ",%" PRIu32 ",", space->depth, space->sectors,
			    fs_block_sectors(space->fs));
		add_string(out, space->fs != NULL ? space->fs->type : space->content.type);
		text_char(out, ',');
		add_string(out, space->about);
		text_printf(out, ",%" PRIu32, space->fs != NULL ? space->fs->inode_bytes : 0);
		add_block_jumps(out, space->fs);
		text_char(out, ']');
	}
	text_char(out, ']');
}

/* [label, family, device, kind, owner or -1, counters] */
static void add_names(struct text *out, const struct name_table *names)
{
	text_str(out, ",\n\"names\":[");
	for (uint32_t i = 0; i < names->list.n; i++) {
		const struct name *name = &names->list.at[i];

		text_str(out, i ? ",\n[" : "[");
		add_string(out, name_text(names, i));
		text_printf(out, ",%d,%" PRIu32 ",\"%s\",%" PRId64 ",", (int)name_family(names, i),
			    name->device->id, kind_name(name->kind), name->owned ? (int64_t)name->inode : -1);
		add_counters(out, &name->counters);
		text_char(out, ']');
	}
	text_char(out, ']');
}

/* [[device, delta], ...]; deltas as signed numbers, null where sectors have no address. */
static void add_frames(struct text *out, const struct tracks *tracks)
{
	text_str(out, ",\n\"frames\":[");
	for (size_t i = 0; i < tracks->frames.n; i++) {
		const struct track_frame *frame = &tracks->frames.at[i];

		text_str(out, i ? ",[" : "[");
		for (unsigned j = 0; j < frame->depth; j++)
			if (frame->delta[j] == TRACK_NO_DELTA)
				text_printf(out, "%s%" PRIu32 ",null", j ? "," : "", frame->stack[j]->id);
			else
				text_printf(out, "%s%" PRIu32 ",%" PRId64, j ? "," : "", frame->stack[j]->id,
					    (int64_t)frame->delta[j]);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_regions(struct text *out, const struct usage *usage)
{
	text_str(out, ",\n\"regions\":[");
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];

		text_printf(out, "%s[%" PRIu32 ",", i ? ",\n" : "", region->device->id);
		add_string(out, region->fs != NULL ? region->fs : "");
		text_printf(out, ",\"%s\",", kind_name(region->kind));
		add_counters(out, &region->counters);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_files(struct text *out, const struct usage *usage)
{
	char path[FS_PATH_MAX];
	size_t n = usage->files.n < FILES_MAX ? usage->files.n : FILES_MAX;

	text_printf(out, ",\n\"moreFiles\":%zu,\"files\":[", usage->files.n - n);
	for (size_t i = 0; i < n; i++) {
		const struct usage_file *file = &usage->files.at[i];
		struct counters counters;

		if (!fs_path(file->space->fs, file->inode, path, sizeof(path)))
			path[0] = '\0';
		text_printf(out, "%s[%" PRIu32 ",%" PRIu64 ",", i ? ",\n" : "", file->space->serves->id,
			    fs_number(file->space->fs, file->inode));
		add_string(out, path);
		text_char(out, ',');
		usage_counters(usage, file, &counters);
		add_counters(out, &counters);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_alignment(struct text *out, const struct alignment *alignment)
{
	text_str(out, ",\n\"alignment\":[");
	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];

		text_printf(out, "%s[%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, i ? "," : "",
			    device->device->id, device->writes, device->unaligned, device->partial_blocks);
		for (int cause = 0; cause < CAUSES; cause++)
			text_printf(out, ",%" PRIu64, device->by_cause[cause]);
		text_char(out, ']');
	}
	text_str(out, "],\"causes\":[");
	for (int cause = 0; cause < CAUSES; cause++)
		text_printf(out, "%s\"%s\"", cause ? "," : "", cause_name((enum cause)cause));
	text_char(out, ']');
}

static void add_sentences(struct text *out, const struct picture *picture, const char *key,
			  const char *const *notes, size_t n)
{
	struct text sentence = {0};

	text_printf(out, ",\n\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		text_str(out, i ? "," : "");
		text_clear(&sentence);
		picture_sentence(&sentence, picture, notes[i]);
		add_string(out, sentence.at ? sentence.at : "");
	}
	text_char(out, ']');
	out->short_of_memory |= sentence.short_of_memory;
	text_free(&sentence);
}

int page_data(struct text *out, const struct picture *picture, const char *const *notes, size_t nnotes,
	      struct err *err)
{
	const struct analysis *analysis = picture->analysis;
	struct tracks tracks;
	int status;

	if (tracks_of(&tracks, picture, err) != 0) {
		tracks_done(&tracks);
		return -1;
	}
	text_printf(out,
		    "{\"sectors\":%" PRIu64 ",\"diskSectors\":%" PRIu64 ",\"unit\":%" PRIu64
		    ",\"accesses\":%" PRIu64 ",\"outside\":%" PRIu64 ",\"coarse\":%" PRIu64
		    ",\"joined\":%" PRIu64,
		    tracks.sectors, map_disk(picture->map)->sectors, analysis->options.unit_sectors,
		    analysis->accesses, analysis->outside + analysis->past, tracks.coarse, tracks.joined);
	add_key(out, "trace", path_base(picture->trace_path));
	add_key(out, "disk", picture->disk_path ? path_base(picture->disk_path) : "");
	text_str(out, ",\"totals\":");
	add_counters(out, &analysis->usage.totals);
	add_palette(out);
	add_flags(out);
	add_group_kinds(out);
	add_devices(out, picture->map);
	add_frames(out, &tracks);
	add_names(out, &tracks.names);
	add_regions(out, &analysis->usage);
	add_files(out, &analysis->usage);
	add_alignment(out, &analysis->alignment);
	if (picture->nwarnings > 0)
		add_sentences(out, picture, "warnings", picture->warnings, picture->nwarnings);
	add_sentences(out, picture, "notes", notes, nnotes);
	add_runs(out, &tracks);
	status = add_log(out, picture->map, &tracks);
	add_heat(out, picture->heat);
	text_str(out, "}\n");
	tracks_done(&tracks);
	return status != 0 || out->short_of_memory ? err_nomem(err) : 0;
}
