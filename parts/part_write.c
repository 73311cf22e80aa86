/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part as docs/parts.md has it. */
#include "analyzer/counter_pack.h"
#include "base/crc.h"
#include "parts/part.h"
#include "parts/part_private.h"

#include <string.h>

static void pack_notes(struct text *out, const char *const *notes, size_t n)
{
	pack_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		pack_str(out, notes[i]);
}

static void pack_about(struct text *out, const struct results *about)
{
	const struct results_trace *trace = &about->trace;

	pack_str(out, trace->file);
	pack_str(out, trace->format);
	pack_optional(out, trace->event);
	pack_optional(out, trace->relative_to);
	pack_optional(out, trace->identity);
	pack_optional(out, about->derived);
	pack_number(out, trace->sectors);
	pack_u8(out, trace->all);
	pack_u8(out, trace->marked);
	pack_number(out, trace->windows);
	pack_number(out, trace->stray_ons);
	pack_number(out, trace->stray_offs);
	pack_number(out, trace->outside);
	pack_optional(out, about->disk.file);
	pack_number(out, about->disk.sectors);
	pack_number(out, about->disk.base_sectors);
	pack_optional(out, about->disk.identity);
	pack_number(out, about->unit_sectors);
	pack_notes(out, about->fit_warnings.at, about->fit_warnings.n);
	pack_notes(out, about->trace_notes.at, about->trace_notes.n);
	pack_notes(out, about->disk_notes.at, about->disk_notes.n);
}

static void pack_counts(struct text *out, const struct part *part, const struct part_counts *counts)
{
	pack_number(out, counts->accesses);
	pack_number(out, counts->past);
	pack_number(out, counts->beyond);
	pack_number(out, counts->elsewhere);
	for (unsigned i = 0; i < part->nstatistics; i++) {
		pack_u64(out, counts->of[i].n);
		text_add(out, (const char *)counts->of[i].at, counts->of[i].n);
	}
}

static void pack_atoms(struct text *out, const struct part *part, const struct part_atoms *atoms)
{
	pack_u32(out, (uint32_t)atoms->list.n);
	for (size_t i = 0; i < atoms->list.n; i++) {
		const struct part_atom *atom = &atoms->list.at[i];

		pack_u8(out, atom->access.op);
		pack_number(out, atom->access.start);
		pack_number(out, atom->access.count);
		pack_counts(out, part, &atom->counts);
	}
}

static void pack_sources(struct text *out, const struct part *part)
{
	pack_u32(out, (uint32_t)part->sources.n);
	for (size_t i = 0; i < part->sources.n; i++) {
		const struct part_source *source = &part->sources.at[i];

		pack_str(out, source->file);
		pack_u64(out, source->digest);
		pack_number(out, source->size);
	}
}

/* An empty part has no counts before its first mark, but each statistic's bytes all the same. */
static void pack_all(struct text *out, const struct part *part)
{
	pack_str(out, "blkmap " BLKMAP_VERSION);
	pack_u8(out, part->alone);
	pack_u8(out, part->on);
	pack_u32(out, part->number);
	pack_u32(out, part->last);
	pack_u32(out, part->of);
	pack_sources(out, part);
	pack_str(out, part->machine);
	pack_u8(out, part->machine_told);
	pack_about(out, &part->about);
	pack_u32(out, part->nstatistics);
	for (unsigned i = 0; i < part->nstatistics; i++)
		pack_str(out, statistic_question(part->statistics[i]));
	pack_counts(out, part, &part->body);
	if (!part->alone)
		return;
	pack_counts(out, part, &part->head);
	pack_atoms(out, part, &part->lead);
	pack_atoms(out, part, &part->mark);
	pack_atoms(out, part, &part->tail);
}

int part_write(struct text *out, const struct part *part, struct err *err)
{
	struct text length = {0};
	size_t from = out->n;

	text_str(out, PART_MAGIC);
	pack_u32(out, PART_VERSION);
	pack_u64(out, 0); /* the length, when it is known */
	pack_all(out, part);
	pack_u64(&length, out->n - from + PART_CRC_BYTES);
	if (!out->short_of_memory && !length.short_of_memory) {
		memcpy(out->at + from + PART_LENGTH_AT, length.at, length.n);
		pack_u32(out, ~crc32c_update(UINT32_MAX, out->at + from, out->n - from));
	}
	out->short_of_memory |= length.short_of_memory;
	text_free(&length);
	return out->short_of_memory ? err_nomem(err) : 0;
}
