/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fio's iologs and log-writes logs. */
#include "tests/unit/trace_test.h"

static void fio_version_3(void **state)
{
	(void)state;
	expect("fio version 3 iolog\n27 dev.img add\n283 dev.img open\n290 dev.img read 0 4096\n"
	       "339 dev.img write 28672 4096\n340 dev.img trim 512 1\n391 dev.img sync 61440 0\n392 dev.img "
	       "close\n",
	       "read 0 8 @290000 dev=dev.img\nwrite 56 8 @339000 dev=dev.img\n"
	       "discard 1 1 @340000 flags=80 dev=dev.img\nflush 0 0 @391000 dev=dev.img\n");
}

static void fio_version_2(void **state)
{
	static const struct trace_options b = {.device = "b"};
	static const char two[] =
	    "fio version 2 iolog\na add\nb add\na open\nb open\na read 0 512\nb write 512 512\n";

	(void)state;
	expect("fio version 2 iolog\na add\na open\na read 0 512\na wait 1500\na datasync\na close\n",
	       "read 0 1 dev=a\nflush 0 0 @1500000 dev=a\n");
	expect(two, "error: holds several devices; choose one with --device: a, b\n");
	expect_options(two, &b, "write 1 1 dev=b\n");
}

static void fio_bad_lines_are_named(void **state)
{
	(void)state;
	expect("fio version 1 iolog\n", "error: line 1: a fio iolog of version 1; 2 and 3 are known\n");
	expect("fio version three\n",
	       "error: line 1: expected 'fio version 2 iolog' or 'fio version 3 iolog'\n");
	expect("fio version 2 iolog\na read 0 x\n", "error: line 2: expected 'FILE ACTION OFFSET LENGTH'\n");
	expect("fio version 2 iolog\na eat 0 1\n",
	       "error: line 2: expected 'FILE ACTION ...' with an action of fio's\n");
	expect("fio version 3 iolog\na read 0 1\n",
	       "error: line 2: expected 'MICROSECONDS FILE ACTION ...' with an action of fio's\n");
	expect("fio version 2 iolog\na read 0 512",
	       "read 0 1 flags=200 dev=a\nnote: line 2 has no line end and may be cut off; it ends in a "
	       "number, so its access is uncertain\n");
}

struct log {
	uint8_t at[16384];
	size_t n, sector;
};

static void put64(struct log *log, size_t at, uint64_t value)
{
	for (size_t i = 0; i < 8; i++)
		log->at[at + i] = (uint8_t)(value >> 8 * i);
}

static void start(struct log *log, uint64_t entries, size_t sector)
{
	memset(log, 0, sizeof(*log));
	put64(log, 0, UINT64_C(0x6a736677736872));
	put64(log, 8, 1);
	put64(log, 16, entries);
	put64(log, 24, sector);
	log->sector = log->n = sector;
}

static void entry(struct log *log, uint64_t sector, uint64_t count, uint64_t flags, const char *mark)
{
	put64(log, log->n, sector);
	put64(log, log->n + 8, count);
	put64(log, log->n + 16, flags);
	put64(log, log->n + 24, mark ? strlen(mark) : 0);
	if (mark != NULL)
		memcpy(log->at + log->n + 32, mark, strlen(mark));
	log->n += log->sector + (flags & 4 ? 0 : count * log->sector);
}

static void log_writes(void **state)
{
	struct log log;

	(void)state;
	start(&log, 5, 512);
	entry(&log, 8, 2, 0, NULL);
	entry(&log, 0, 0, 8, "here");
	entry(&log, 128, 128, 4, NULL);
	entry(&log, 16, 1, 2 | 16, NULL);
	entry(&log, 77, 0, 1, NULL);
	expect_bytes(log.at, log.n, NULL,
		     "write 8 2\ndiscard 128 128\nwrite 16 1 flags=5\nflush 0 0\nmark 1 here\n");
	start(&log, 1, 4096);
	entry(&log, 1, 1, 0, NULL);
	entry(&log, 2, 0, 1, NULL);
	expect_bytes(log.at, log.n, NULL,
		     "write 8 8\nnote: behind the 1 entries that the log's super block counts there may be "
		     "more, of an "
		     "older log or since the last flush\n");
}

static void log_writes_damage(void **state)
{
	struct log log;

	(void)state;
	start(&log, 2, 512);
	entry(&log, 8, 2, 0, NULL);
	expect_bytes(log.at, log.n, NULL, "error: byte 2048: cut off in entry 2 of 2\n");
	expect_bytes(log.at, log.n - 1, NULL, "error: byte 2047: cut off in entry 1 of 2\n");
	expect_bytes(log.at, 20, NULL, "error: byte 20: cut off, the super block has 28 bytes\n");
	put64(&log, 512 + 8, UINT64_MAX);
	expect_bytes(log.at, log.n, NULL,
		     "error: byte 512: entry 1 writes 8+18446744073709551615 sectors of 512 bytes, beyond "
		     "2^63 bytes\n");
	put64(&log, 512 + 16, 96);
	expect_bytes(log.at, log.n, NULL,
		     "error: byte 512: entry 1 has flags 0x60, of which 0x60 are unknown\n");
	put64(&log, 24, 511);
	expect_bytes(log.at, log.n, NULL,
		     "error: byte 24: a sector size of 511 bytes, expected a power of 2 from 512 to 65536\n");
	put64(&log, 8, 2);
	expect_bytes(log.at, log.n, NULL, "error: byte 8: a log of version 2; 1 is known\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fio_version_3),           cmocka_unit_test(fio_version_2),
	    cmocka_unit_test(fio_bad_lines_are_named), cmocka_unit_test(log_writes),
	    cmocka_unit_test(log_writes_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
