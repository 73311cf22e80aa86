/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage: fill_traces SECTORS QTR-ACCESSES FILE.qtr BLKTRACE-EVENTS STEM

   Writes the traces that speed is measured on: random accesses of 4 KiB as .qtr, and as blktrace's binary
   records of two CPUs (STEM.blktrace.0 and .1), three events a request (queued, issued, completed) with up to
   32 requests under way.  The same arguments give the same bytes.  It shares no code with blkmap. */
#include <errno.h>
#include <error.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 20101122;

/* xorshift64* */
static uint64_t next_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

static FILE *create(const char *name)
{
	FILE *file = fopen(name, "we");

	if (file == NULL)
		error(2, errno, "%s", name);
	setvbuf(file, NULL, _IOFBF, 1 << 20);
	return file;
}

static void finish(FILE *file, const char *name)
{
	if (ferror(file) || fclose(file) != 0)
		error(2, errno, "%s", name);
}

static void write_qtr(const char *name, uint64_t sectors, uint64_t accesses)
{
	FILE *file = create(name);

	fprintf(file, "S %llu\n", (unsigned long long)sectors);
	for (uint64_t i = 0; i < accesses; i++) {
		uint64_t r = next_random();

		fprintf(file, "%c %llu 8\n", r % 5 < 2 ? 'W' : 'R',
			(unsigned long long)((r >> 8) % (sectors / 8) * 8));
	}
	finish(file, name);
}

/* struct blk_io_trace of include/uapi/linux/blktrace_api.h, version 7. */
struct record {
	uint32_t magic, sequence;
	uint64_t time, sector;
	uint32_t bytes, action, pid, device, cpu;
	uint16_t error, pdu_len;
};

#define DEPTH 32

struct request {
	uint64_t sector;
	uint32_t write;
};

static void write_event(FILE *const *files, struct record *record, uint32_t *sequences, uint32_t action,
			const struct request *request, uint64_t time)
{
	record->cpu = (uint32_t)(next_random() >> 63);
	record->sequence = ++sequences[record->cpu];
	record->time = time;
	record->sector = request->sector;
	record->action = action | (request->write ? 2u : 1u) << 16;
	fwrite(record, sizeof(*record), 1, files[record->cpu]);
}

/* Every request waits in a slot of its own; each turn completes the one there, and issues another. */
static void write_blktrace(const char *stem, uint64_t sectors, uint64_t events)
{
	struct record record = {.magic = 0x65617407, .bytes = 4096, .pid = 4242, .device = 8 << 20};
	struct request under_way[DEPTH] = {{0, 0}};
	uint32_t sequences[2] = {0, 0};
	char names[2][4096];
	FILE *files[2];
	uint64_t time = 0;

	for (int cpu = 0; cpu < 2; cpu++) {
		snprintf(names[cpu], sizeof(names[cpu]), "%s.blktrace.%d", stem, cpu);
		files[cpu] = create(names[cpu]);
	}
	for (uint64_t i = 0; i < events / 3 + DEPTH; i++) {
		struct request *slot = &under_way[i % DEPTH];
		uint64_t r = next_random();

		if (i >= DEPTH)
			write_event(files, &record, sequences, 8 | 1 << 23, slot, time += 900);
		if (i >= events / 3)
			continue;
		slot->sector = (r >> 8) % (sectors / 8) * 8;
		slot->write = r % 5 < 2;
		write_event(files, &record, sequences, 1 | 1 << 20, slot, time += 700);
		write_event(files, &record, sequences, 7 | 1 << 22, slot, time += 300);
	}
	for (int cpu = 0; cpu < 2; cpu++)
		finish(files[cpu], names[cpu]);
}

int main(int argc, char **argv)
{
	if (argc != 6)
		error(2, 0, "usage: fill_traces SECTORS QTR-ACCESSES FILE.qtr BLKTRACE-EVENTS STEM");
	write_qtr(argv[3], strtoull(argv[1], NULL, 0), strtoull(argv[2], NULL, 0));
	write_blktrace(argv[5], strtoull(argv[1], NULL, 0), strtoull(argv[4], NULL, 0));
	return 0;
}
