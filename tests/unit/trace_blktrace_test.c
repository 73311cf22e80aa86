/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

#include <sys/stat.h>

enum { ISSUE = 0x00000007 | 0x40 << 16, COMPLETE = 0x00000008 | 0x80 << 16 };
enum { WRITE = 2 << 16, FLUSH = 4 << 16, DISCARD = 0x2000 << 16 };

struct record {
	uint32_t sequence;
	uint64_t time, sector;
	uint32_t bytes;
	uint64_t action;
	uint32_t pid, device, cpu, error;
	const char *pdu;
};

struct bytes {
	uint8_t at[4096];
	size_t n;
	bool big;
};

static void put(struct bytes *out, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		out->at[out->n++] = (uint8_t)(value >> 8 * (out->big ? size - 1 - i : i));
}

static void put_record(struct bytes *out, unsigned version, const struct record *r)
{
	size_t pdu = r->pdu ? 16 : 0;

	put(out, 0x65617400 | version, 4);
	put(out, r->sequence, 4);
	put(out, r->time, 8);
	put(out, r->sector, 8);
	put(out, r->bytes, 4);
	if (version == 8)
		put(out, r->pid, 4);
	put(out, r->action, version == 8 ? 8 : 4);
	if (version != 8)
		put(out, r->pid, 4);
	put(out, r->device, 4);
	put(out, r->cpu, 4);
	put(out, r->error, 2);
	put(out, pdu, 2);
	for (unsigned i = 0; version == 8 && i < 12; i++)
		put(out, 0, 1);
	if (pdu > 0)
		strncpy((char *)out->at + out->n, r->pdu, pdu);
	out->n += pdu;
}

static const struct record sample[] = {
    {.time = 1, .action = 0x04000000, .pid = 9, .pdu = "mke2fs"},
    {.sequence = 1,
     .time = 5,
     .sector = 8,
     .bytes = 4096,
     .action = ISSUE | WRITE,
     .pid = 9,
     .device = 8 << 20},
    {.sequence = 2, .time = 6, .action = ISSUE | FLUSH, .pid = 9, .device = 8 << 20},
    {.sequence = 5,
     .time = 9,
     .sector = 8,
     .bytes = 4096,
     .action = COMPLETE | WRITE,
     .device = 8 << 20,
     .error = 5},
    {.sequence = 6, .time = 9, .sector = 16, .action = COMPLETE | WRITE, .device = 8 << 20},
    {.sequence = 7, .time = 10, .action = COMPLETE | FLUSH, .device = 8 << 20},
    {.sequence = 8,
     .time = 11,
     .sector = 64,
     .bytes = 1024,
     .action = ISSUE | WRITE | DISCARD,
     .device = 8 << 20},
    {.sequence = 9, .time = 12, .sector = 0, .bytes = 36, .action = ISSUE | 0x200 << 16, .device = 8 << 20},
};

static const char sample_text[] = "write 8 8 @5 +4 pid=9 comm=mke2fs flags=20 dev=8,0\n"
				  "flush 0 0 @6 +4 pid=9 comm=mke2fs dev=8,0\n"
				  "discard 64 2 @11 flags=40 dev=8,0\n"
				  "note: 2 events were lost while the trace was taken\n"
				  "note: 1 requests have no completion in the trace\n";

static struct bytes sample_bytes(unsigned version, bool big)
{
	struct bytes out = {.big = big};

	for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++)
		put_record(&out, version, &sample[i]);
	return out;
}

static void both_versions_in_both_byte_orders(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct bytes out = sample_bytes(i < 2 ? 7 : 8, i % 2 == 1);

		expect_bytes(out.at, out.n, NULL, sample_text);
	}
}

static void version_8_has_write_zeroes(void **state)
{
	struct bytes out = {.n = 0};
	struct record zero = {
	    .time = 1, .sector = 8, .bytes = 512, .action = UINT64_C(1) << 38 | ISSUE | WRITE};

	(void)state;
	put_record(&out, 8, &zero);
	expect_bytes(out.at, out.n, NULL, "zero 8 1 @1 dev=0,0\n");
}

static void damage_is_named(void **state)
{
	struct bytes out = sample_bytes(7, false);

	(void)state;
	expect_bytes(out.at, 70, NULL, "error: byte 64: cut off, the last record has 6 of its 48 bytes\n");
	expect_bytes(out.at, 60, NULL, "error: byte 0: cut off, the last record has 60 of its 64 bytes\n");
	out.at[64] = 6;
	expect_bytes(out.at, out.n, NULL,
		     "error: byte 64: a blktrace record of version 6; 7 and 8 are known\n");
	out.at[66] = 6;
	expect_bytes(out.at, out.n, NULL,
		     "error: byte 64: expected a blktrace record (magic 0x656174xx), found 0x65067406\n");
}

/* Two CPUs, the second idle, the third with the completion. */
static void write_set(const char *dir)
{
	struct bytes first = {.n = 0}, third = {.n = 0};
	struct record issue = {.sequence = 1, .time = 5, .sector = 8, .bytes = 512, .action = ISSUE};
	struct record done = {
	    .sequence = 1, .time = 7, .sector = 8, .bytes = 512, .action = COMPLETE, .cpu = 10};
	char path[256];

	put_record(&first, 7, &issue);
	put_record(&third, 7, &done);
	snprintf(path, sizeof(path), "%s/sda.blktrace.0", dir);
	trace_test_write(path, first.at, first.n);
	snprintf(path, sizeof(path), "%s/sda.blktrace.1", dir);
	trace_test_write(path, first.at, 0);
	snprintf(path, sizeof(path), "%s/sda.blktrace.10", dir);
	trace_test_write(path, third.at, third.n);
}

static void remove_set(const char *dir)
{
	static const char *const names[] = {"sda.blktrace.0", "sda.blktrace.1", "sda.blktrace.10"};
	char path[256];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void sets_are_given_by_directory_or_stem(void **state)
{
	char dir[] = "/tmp/blkmap-test-XXXXXX", stem[64], *text;

	(void)state;
	assert_non_null(mkdtemp(dir));
	text = trace_test_path(dir, NULL);
	assert_string_equal(
	    text, "error: is a directory without DEVICE.blktrace.CPU files, expected a trace file\n");
	free(text);
	write_set(dir);
	text = trace_test_path(dir, NULL);
	assert_string_equal(text, "read 8 1 @5 +2 dev=0,0\nnote: CPUs 2-9 have no file (first file: "
				  "sda.blktrace.0), so what these did is missing\n");
	free(text);
	snprintf(stem, sizeof(stem), "%s/sda", dir);
	text = trace_test_path(stem, NULL);
	assert_string_equal(text, "read 8 1 @5 +2 dev=0,0\nnote: CPUs 2-9 have no file (first file: "
				  "sda.blktrace.0), so what these did is missing\n");
	free(text);
	snprintf(stem, sizeof(stem), "%s/sd", dir);
	text = trace_test_path(stem, NULL);
	assert_string_equal(text, "error: cannot open: No such file or directory\n");
	free(text);
	snprintf(stem, sizeof(stem), "%s/sda.blktrace.0", dir);
	text = trace_test_path(stem, NULL);
	assert_string_equal(
	    text, "read 8 1 @5 dev=0,0\n"
		  "note: this is one CPU's part of a trace; give its name without '.blktrace.0' to read "
		  "all 3 of them\n");
	free(text);
	remove_set(dir);
}

static void zones_of_version_8_have_their_names(void **state)
{
	static const struct record records[] = {
	    {.sequence = 1,
	     .time = 1,
	     .sector = 8,
	     .bytes = 512,
	     .action = UINT64_C(1) << 32 | ISSUE | WRITE},
	    {.sequence = 2, .time = 2, .sector = 64, .action = UINT64_C(1) << 33 | ISSUE | WRITE},
	    {.sequence = 3, .time = 3, .sector = 64, .action = UINT64_C(1) << 35 | ISSUE | WRITE},
	};
	struct bytes out = {.n = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		put_record(&out, 8, &records[i]);
	expect_bytes(
	    out.at, out.n, NULL,
	    "write 8 1 @1 flags=600 dev=0,0\n"
	    "discard 64 1 @2 flags=a00 dev=0,0\n"
	    "note: 1 zone finishes move no data and are no accesses\n"
	    "note: 1 zone resets count as discards; of a zone whose length is not stated only the first "
	    "sector counts\n"
	    "note: 1 zone appends count as writes at the start of their zone: where they went is not in the "
	    "trace\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zones_of_version_8_have_their_names),
	    cmocka_unit_test(both_versions_in_both_byte_orders),
	    cmocka_unit_test(version_8_has_write_zeroes),
	    cmocka_unit_test(damage_is_named),
	    cmocka_unit_test(sets_are_given_by_directory_or_stem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
