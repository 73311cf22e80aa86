/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a piece has in each field. */
#include "query/field.h"

#include "base/size.h"

#include <string.h>

static bool number(struct field_value *value, bool has, uint64_t n)
{
	value->number = (int64_t)n;
	return has;
}

static bool text(struct field_value *value, const char *string)
{
	value->text = string;
	return string != NULL && string[0] != '\0';
}

/* --- words --- */

struct words {
	char *at;
	size_t n, cap;
};

static struct words words_begin(struct piece *piece)
{
	piece->scratch[0] = '\0';
	return (struct words){piece->scratch, 0, sizeof(piece->scratch)};
}

/* A word that has no room is left out whole. */
static void words_add(struct words *words, const char *word)
{
	size_t len = strlen(word), bar = words->n > 0;

	if (words->n + bar + len >= words->cap)
		return;
	if (bar)
		words->at[words->n++] = '|';
	memcpy(words->at + words->n, word, len + 1);
	words->n += len;
}

static bool access_flags(struct piece *piece, struct field_value *value)
{
	struct words words = words_begin(piece);

	for (unsigned bit = 0; bit < 16; bit++) {
		const char *name = access_flag_name((enum access_flag)(1u << bit));

		if ((piece->access->flags >> bit & 1) != 0 && name != NULL)
			words_add(&words, name);
	}
	return text(value, words.at);
}

static bool region_flags(struct piece *piece, const struct region *region, struct field_value *value)
{
	struct words words = words_begin(piece);

	for (unsigned bit = 0; bit < EXTENT_FLAGS; bit++)
		if (region->flags >> bit & 1)
			words_add(&words, extent_flag_name(bit));
	if (region->ended)
		words_add(&words, "since-deleted");
	return text(value, words.at);
}

static bool region_stack(struct piece *piece, const struct region *region, struct field_value *value)
{
	struct words words = words_begin(piece);

	for (unsigned i = 0; i < region->depth; i++)
		words_add(&words, region->stack[i]->name);
	return text(value, words.at);
}

/* --- of the access --- */

static const char *name_of(const struct names *names, uint32_t index)
{
	return index < names->n ? names->at[index] : NULL;
}

static bool of_access(enum field_id field, struct piece *piece, struct field_value *value)
{
	const struct access *access = piece->access;
	bool is_flush = access->op == ACCESS_FLUSH;

	switch (field) {
	case FIELD_IO_INDEX:
		return number(value, true, piece->index);
	case FIELD_IO_OP:
		return text(value, access_name(access));
	case FIELD_IO_TIME:
		return number(value, access->time_ns != ACCESS_NO_TIME, (uint64_t)access->time_ns);
	case FIELD_IO_LATENCY:
		return number(value, access->latency_ns != ACCESS_NO_LATENCY, (uint64_t)access->latency_ns);
	case FIELD_IO_START:
		return number(value, !is_flush && !piece->nowhere, access->start);
	case FIELD_IO_SECTORS:
		return number(value, true, access->count);
	case FIELD_IO_BYTES:
		return number(value, true, access->count << SECTOR_SHIFT);
	case FIELD_IO_ALIGNED:
		return number(value, true, !piece->unaligned);
	case FIELD_IO_FLAGS:
		return access_flags(piece, value);
	case FIELD_IO_DEVICE:
		return piece->trace != NULL && text(value, name_of(&piece->trace->devices, access->device));
	case FIELD_IO_PID:
		return number(value, access->pid != ACCESS_NO_PID, access->pid);
	case FIELD_IO_COMM:
	case FIELD_IO_WHO:
		return piece->trace != NULL && text(value, name_of(&piece->trace->comms, access->comm));
	case FIELD_IO_RELATIVE_START:
		return number(value, piece->has_relative && !is_flush, piece->relative_start);
	default:
		return false;
	}
}

/* --- of the place --- */

static bool of_place(enum field_id field, const struct place *place, struct field_value *value)
{
	switch (field) {
	case FIELD_REGION_START:
		return number(value, place_is_on_disk(place), place->start);
	case FIELD_REGION_SECTORS:
		return number(value, true, place->count);
	case FIELD_REGION_BYTES:
		return number(value, true, place->count << SECTOR_SHIFT);
	case FIELD_REGION_DEVICE:
		return text(value, space_name(place->space));
	case FIELD_REGION_KIND:
		return text(value, kind_name(place->kind));
	default:
		return false;
	}
}

static bool of_journal(enum field_id field, const struct region *region, struct field_value *value)
{
	const struct log_block *log = &region->log;

	if (!region->has_log)
		return false;
	switch (field) {
	case FIELD_JOURNAL_TID:
		return number(value, log->has_tid, log->tid);
	case FIELD_JOURNAL_TYPE:
		return text(value, log_type_name((enum log_type)log->type));
	case FIELD_JOURNAL_TARGET:
		return number(value, log->type == LOG_DATA, log->target);
	default:
		return false;
	}
}

static bool of_label(enum field_id field, const struct region *region, struct field_value *value)
{
	switch (field) {
	case FIELD_LABEL_AS_OF:
		return number(value, region->has_as_of, region->as_of);
	case FIELD_LABEL_UNCERTAIN:
		return number(value, true, region->why != HISTORY_CERTAIN);
	case FIELD_LABEL_WHY:
		return region->why != HISTORY_CERTAIN && text(value, history_why_name(region->why));
	default:
		return of_journal(field, region, value);
	}
}

static bool of_file(enum field_id field, const struct region *region, struct field_value *value)
{
	switch (field) {
	case FIELD_FILE_INODE:
		return number(value, region->has_inode, region->inode);
	case FIELD_FILE_GENERATION:
		return number(value, region->has_generation, region->generation);
	case FIELD_FILE_OFFSET:
		return number(value, region->has_offset, region->offset);
	case FIELD_FILE_WAS_INODE:
		return number(value, region->has_was, region->was_inode);
	default:
		return of_label(field, region, value);
	}
}

static bool has_content(const struct region *region)
{
	return kind_has(region->kind, KIND_NAMES_SPACE);
}

static bool of_region(enum field_id field, struct piece *piece, struct field_value *value)
{
	const struct region *region = piece_region(piece);

	switch (field) {
	case FIELD_REGION_DEVICE_START:
		return number(value, region->has_device_start, region->device_start);
	case FIELD_REGION_STACK:
		return region_stack(piece, region, value);
	case FIELD_REGION_FS:
		return text(value, region->fs_type);
	case FIELD_REGION_BLOCK:
		return number(value, region->has_block, region->block);
	case FIELD_REGION_GROUP:
		return number(value, region->has_group, region->group);
	case FIELD_REGION_LEVEL:
		return number(value, region->has_level, region->level);
	case FIELD_REGION_FLAGS:
		return region_flags(piece, region, value);
	case FIELD_REGION_LABEL:
		return has_content(region) && text(value, region->space->content.label);
	case FIELD_REGION_UUID:
		return has_content(region) && text(value, region->space->content.uuid);
	case FIELD_REGION_PAYLOAD:
		return number(value, region->has_payload, region->payload_sector);
	case FIELD_REGION_FIRST_INODE:
		return number(value, region->has_inodes, region->inodes[0]);
	case FIELD_REGION_LAST_INODE:
		return number(value, region->has_inodes, region->inodes[1]);
	default:
		return of_file(field, region, value);
	}
}

/* --- of paths --- */

/* "/a/b" is in "/a", and "/a" in "/"; the root is in itself. */
static bool directory(struct piece *piece, struct field_value *value)
{
	const char *path = piece_path(piece), *slash = path != NULL ? strrchr(path, '/') : NULL;
	size_t len;

	if (slash == NULL)
		return false;
	len = slash == path ? 1 : (size_t)(slash - path);
	memcpy(piece->scratch, path, len);
	piece->scratch[len] = '\0';
	return text(value, piece->scratch);
}

static const char *last_part(struct piece *piece)
{
	const char *path = piece_path(piece), *slash = path != NULL ? strrchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : NULL;
}

/* A dot that a name begins with begins no extension. */
static bool extension(struct piece *piece, struct field_value *value)
{
	const char *name = last_part(piece), *dot = name != NULL ? strrchr(name, '.') : NULL;

	return dot != NULL && dot != name && text(value, dot + 1);
}

static bool of_path(enum field_id field, struct piece *piece, struct field_value *value)
{
	const struct region *region = piece_region(piece);

	switch (field) {
	case FIELD_FILE_PATH:
		return text(value, piece_path(piece));
	case FIELD_FILE_DIR:
		return directory(piece, value);
	case FIELD_FILE_NAME:
		return text(value, last_part(piece));
	case FIELD_FILE_EXT:
		return extension(piece, value);
	case FIELD_FILE_PATH_NOW:
		return region_path_now(region, piece->scratch, sizeof(piece->scratch)) &&
		       text(value, piece->scratch);
	case FIELD_FILE_WAS:
		return region_was_path(region, piece->scratch, sizeof(piece->scratch)) &&
		       text(value, piece->scratch);
	default:
		return false;
	}
}

bool field_get(enum field_id field, struct piece *piece, struct field_value *value)
{
	enum field_source source = fields[field].source;

	if (source == FIELD_OF_ACCESS)
		return of_access(field, piece, value);
	if (piece->place == NULL)
		return false;
	if (source == FIELD_OF_PLACE)
		return of_place(field, piece->place, value);
	return source == FIELD_OF_REGION ? of_region(field, piece, value) : of_path(field, piece, value);
}
