/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

#define DAY "2026-11-22 04:58:49."
/* 2026-11-22 04:58:49 UTC, in seconds since 1970. */
#define SEC "1795323529"

static void requests_are_paired_with_their_ends(void **state)
{
	(void)state;
	expect(DAY "000000 Ready thread_model=3\n" DAY
		   "000001 connection=1 Connect export=\"\" tls=0 size=0xa00000 write=1\n" DAY
		   "000002 connection=1 Read id=1 offset=0x0 count=0x1000 ...\n" DAY
		   "000003 connection=1 Write id=2 offset=0x200 count=0x200 fua=1 ...\n" DAY
		   "000005 connection=1 ...Write id=2 return=0\n" DAY
		   "000009 connection=1 ...Read id=1 return=-1 error=EIO\n",
	       "read 0 8 @" SEC "000002000 +7000 flags=20 dev=default\n"
	       "write 1 1 @" SEC "000003000 +2000 flags=1 dev=default\n");
}

static void every_action_and_old_spellings(void **state)
{
	(void)state;
	expect(DAY "000000 connection=1 Zero id=5 offset=0x100000 count=0x100000 trim=1 fua=1 fast=0...\n" DAY
		   "000001 connection=1 ...Zero id=5 return=0 (Success)\n" DAY
		   "000002 connection=1 Trim id=6 offset=0x10000 count=0x10000 fua=0 ...\n" DAY
		   "000003 connection=1 ...Trim id=6 return=-1 (EROFS=>EPERM)\n" DAY
		   "000004 connection=1 Flush id=7 ...\n" DAY
		   "000005 connection=1 ...Flush id=7 return=0\n" DAY
		   "000006 connection=1 Extents id=8 offset=0x0 count=0xa00000 req_one=0 ...\n" DAY
		   "000007 connection=1 ...Extents id=8 extents=[{ offset=0x0, length=0x2000, hole=0, zero=0 "
		   "}] return=0\n" DAY "000008 connection=1 Cache id=9 offset=0x0 count=0x1000 ...\n" DAY
		   "000009 connection=1 Disconnect transactions=9\n",
	       "zero 2048 2048 @" SEC "000000000 +1000 flags=1 dev=default\n"
	       "discard 128 128 @" SEC "000002000 +1000 flags=20 dev=default\n"
	       "flush 0 0 @" SEC "000004000 +1000 dev=default\n");
}

static void bytes_are_rounded_outwards(void **state)
{
	(void)state;
	expect("Time unknown connection=1 Write id=1 offset=0x1ff count=0x2 fua=0 ...\n"
	       "Time unknown connection=1 ...Write id=1 return=0\n",
	       "write 0 2 flags=80 dev=default\n");
}

static void unfinished_requests_are_told(void **state)
{
	(void)state;
	expect("Time unknown connection=1 Read id=1 offset=0x0 count=0x200 ...\n",
	       "read 0 1 flags=40 dev=default\nnote: 1 requests have no completion in the trace\n");
}

static void numbers_start_again_with_the_server(void **state)
{
	(void)state;
	expect("Time unknown Ready thread_model=3\n"
	       "Time unknown connection=1 Read id=1 offset=0x0 count=0x200 ...\n"
	       "Time unknown Ready thread_model=3\n"
	       "Time unknown connection=1 Read id=1 offset=0x200 count=0x200 ...\n"
	       "Time unknown connection=1 ...Read id=1 return=-1 error=EIO\n",
	       "read 0 1 flags=40 dev=default\nread 1 1 flags=20 dev=default\n"
	       "note: 1 requests have no completion in the trace\n");
}

static void exports_are_devices(void **state)
{
	static const char two[] = "Time unknown connection=1 Connect export=\"a b\" tls=0 size=0x200\n"
				  "Time unknown connection=2 Connect export='c' tls=0 size=0x400\n"
				  "Time unknown connection=2 Flush id=1 ...\n"
				  "Time unknown connection=2 ...Flush id=1 return=0\n";
	static const struct trace_options c = {.device = "c"}, d = {.device = "d"};

	(void)state;
	expect(two, "error: holds several devices; choose one with --device: a b, c\n");
	expect_options(two, &c, "flush 0 0 dev=c\n");
	expect_options(two, &d, "error: has no device 'd'; it has: a b, c\n");
}

static void bad_lines_are_named(void **state)
{
	(void)state;
	expect("Time unknown connection=1 Flush id=1 ...\nS 100\n",
	       "flush 0 0 flags=40 dev=default\nnote: 1 requests have no completion in the trace\nnote: 1 "
	       "line left out, first: 2\n");
	expect("Time unknown connection=1 Flush id=1 ...\nTime unknown connection=1 Read id=2 offset=0x",
	       "flush 0 0 flags=40 dev=default\nnote: 1 requests have no completion in the trace\nnote: 1 "
	       "line left out, first: 2; the last is cut off\n");
	expect("Time unknown connection=1 Read id=2 offset=zero count=0x1 ...\n",
	       "error: line 1: expected 'offset=0xNUMBER count=0xNUMBER ...'\n");
	expect("Time unknown connection=1 Read id=2 offset=0xffffffffffffffff count=0x1 ...\n",
	       "error: line 1: the request ends beyond 2^63 bytes\n");
	expect("Time unknown connection=1 Read offset=0x0 count=0x1 ...\n",
	       "error: line 1: expected 'id=NUMBER' after the action\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_paired_with_their_ends),
	    cmocka_unit_test(every_action_and_old_spellings),
	    cmocka_unit_test(bytes_are_rounded_outwards),
	    cmocka_unit_test(unfinished_requests_are_told),
	    cmocka_unit_test(numbers_start_again_with_the_server),
	    cmocka_unit_test(exports_are_devices),
	    cmocka_unit_test(bad_lines_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
