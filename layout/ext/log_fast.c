/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of a fast-commit area.  What a tail's checksum covers has the tail's transaction; a block that no
   valid tail speaks for has the one that its own head or tail names, if there is any.  Commits of older
   transactions lie behind the newest ones until these have grown over them. */
#include "layout/ext/log_fast.h"

#include "base/bytes.h"
#include "base/crc.h"

enum fast_tag { FAST_ADD_RANGE = 1, FAST_TAIL = 8, FAST_HEAD = 9 };

#define TAG_LEN 4

static void name_block(struct fast_area *area, uint32_t at, uint32_t tid)
{
	area->blocks[at].tid = tid;
	area->blocks[at].has_tid = true;
}

static void begin_commit(struct fast_area *area, uint32_t at)
{
	area->from = at;
	area->crc = 0;
	area->broken = false;
}

static void read_head(struct fast_area *area, uint32_t at, const uint8_t *value)
{
	name_block(area, at, le32(value + 4));
	area->live = area->replayed && at == area->first && le32(value + 4) == area->expected;
}

static void read_tail(struct fast_area *area, uint32_t at, const uint8_t *value)
{
	uint32_t tid = le32(value);

	name_block(area, at, tid);
	if (area->broken || area->crc != le32(value + 4)) {
		area->live = false;
		return;
	}
	area->live = area->live && tid == area->expected;
	for (uint32_t i = area->from; i <= at; i++) {
		name_block(area, i, tid);
		area->blocks[i].stale = !area->live;
	}
}

/* The length of a record's value; false when there is no record. */
static bool record_at(const uint8_t *tag, size_t room, size_t *len)
{
	uint16_t type;

	if (room < TAG_LEN)
		return false;
	type = le16(tag);
	*len = le16(tag + 2);
	return type >= FAST_ADD_RANGE && type <= FAST_HEAD && *len <= room - TAG_LEN &&
	       (*len >= 8 || (type != FAST_TAIL && type != FAST_HEAD));
}

/* Reads a block's records.  The commit goes on in the next block unless a tail ends it. */
static void read_records(struct fast_area *area, uint32_t at, const uint8_t *block)
{
	size_t len, place = 0;

	for (; record_at(block + place, area->block_size - place, &len); place += TAG_LEN + len) {
		const uint8_t *tag = block + place;

		if (le16(tag) == FAST_TAIL) {
			area->crc = crc32c_update(area->crc, tag, TAG_LEN + 4);
			read_tail(area, at, tag + TAG_LEN);
			begin_commit(area, at + 1);
			return;
		}
		if (le16(tag) == FAST_HEAD)
			read_head(area, at, tag + TAG_LEN);
		area->crc = crc32c_update(area->crc, tag, TAG_LEN + len);
	}
	area->broken = area->broken || area->block_size - place >= TAG_LEN;
}

void fast_area_block(struct fast_area *area, uint32_t at, const uint8_t *block)
{
	size_t len;

	if (at == area->first)
		begin_commit(area, at);
	if (!record_at(block, area->block_size, &len)) {
		area->live = false;
		begin_commit(area, at + 1);
		return;
	}
	area->blocks[at] = (struct log_block){.type = LOG_FAST_COMMIT, .stale = true};
	read_records(area, at, block);
}
