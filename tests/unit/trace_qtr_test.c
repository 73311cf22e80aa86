/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static void old_form_is_read(void **state)
{
	(void)state;
	expect("S 100\nR 0 1\nW 10 8\r\n", "read 0 1\nwrite 10 8\n");
	expect("S 100\n", "");
}

static void a_letter_too_many_names_the_line(void **state)
{
	(void)state;
	expect("S 100\nR 0 1\nRR 0 1\n", "read 0 1\nnote: 1 line left out, first: 3\n");
	expect("S 100\nR 0 1x\n", "error: line 2: expected 'R SECTOR COUNT' or 'W SECTOR COUNT'\n");
	expect("S 100\nR 0 1 time=1\n", "error: line 2: expected 'R SECTOR COUNT' or 'W SECTOR COUNT'\n");
	expect("S 100\nX 0 1\n", "error: line 2: expected 'R SECTOR COUNT' or 'W SECTOR COUNT'\n");
	expect("S 100\n\n", "note: 1 line left out, first: 2\n");
}

static void what_cannot_be_is_refused(void **state)
{
	static const char binary[] = "S 100\nR 0\0 1\n";

	(void)state;
	expect("S 100\nR 99 2\n",
	       "error: line 2: sectors 99+2 end beyond the disk, which has 100 sectors (line 1)\n");
	expect("S 100\nR 1 18446744073709551615\n", "error: line 2: sectors 1+18446744073709551615 end "
						    "beyond the disk, which has 100 sectors (line 1)\n");
	expect("S 100\nR 1 18446744073709551616\n",
	       "error: line 2: expected 'R SECTOR COUNT' or 'W SECTOR COUNT'\n");
	expect("S 100\nR 1 0\n", "error: line 2: an access of 0 sectors\n");
	expect("S 0\n", "error: line 1: a disk of 0 sectors cannot be\n");
	expect("S 100\nR 1 8", "read 1 8 flags=200\nnote: line 2 has no line end and may be cut off; it ends "
			       "in a number, so its access is uncertain\n");
	expect("S 100", "error: line 1: cut off, its line end is missing\n");
	expect_bytes(binary, sizeof(binary) - 1, NULL,
		     "error: line 2: binary data, expected 'R SECTOR COUNT' or 'W SECTOR COUNT'\n");
}

static void extended_form_has_fields(void **state)
{
	(void)state;
	expect("S 100 version=2\n"
	       "R 0 8 time=1.5 latency=0.000001 pid=7 comm=a%20b flags=fua,meta\n"
	       "W 8 8 unknown=1\n"
	       "R 16 0 op=discard sectors=8\n"
	       "R 24 0 op=zero sectors=8\n"
	       "R 0 0 mark=half%25\n"
	       "R 0 0 op=flush time=2\n",
	       "read 0 8 @1500000000 +1000 pid=7 comm=a b flags=5\n"
	       "write 8 8\n"
	       "discard 16 8\n"
	       "zero 24 8\n"
	       "flush 0 0 @2000000000\n"
	       "mark 4 half%\n");
}

static void extended_form_may_name_devices(void **state)
{
	static const struct trace_options b = {.device = "b"};
	static const char two[] = "S 100 version=2 devices=several\nR 0 8 device=a\nW 8 8 device=b\n";

	(void)state;
	expect("S 100 version=2 device=sd%61\nR 0 8\n", "read 0 8 dev=sda\n");
	expect(two, "error: holds several devices; choose one with --device: a, b\n");
	expect_options(two, &b, "write 8 8 dev=b\n");
}

static void extended_form_is_checked(void **state)
{
	(void)state;
	expect("S 100 version=3\n", "error: line 1: version 3 of the extended form; 2 is known\n");
	expect("S 100 version=2\nR 0 8 time\n",
	       "error: line 2: expected ' KEY=VALUE' after the three columns\n");
	expect("S 100 version=2\nR 0 8 time=x\n", "error: line 2: the value of 'time' makes no sense\n");
	expect("S 100 version=2\nR 0 8 comm=%zz\n", "error: line 2: the value of 'comm' makes no sense\n");
	expect("S 100 version=2\nR 0 8 flags=fat\n", "error: line 2: the value of 'flags' makes no sense\n");
	expect("S 100 version=2\nR 0 8 op=discard sectors=8\n",
	       "error: line 2: a line with op= or mark= has COUNT 0\n");
	expect("S 100 version=2\nR 96 0 op=discard sectors=8\n",
	       "error: line 2: sectors 96+8 end beyond the disk, which has 100 sectors (line 1)\n");
	expect("S 100 version=2\nR 0 0 op=discard\n", "error: line 2: an access of 0 sectors\n");
}

static void options_that_do_not_apply_are_refused(void **state)
{
	static const struct trace_options event = {.event = "queue"}, device = {.device = "sda"};

	(void)state;
	expect_options("S 100\n", &event,
		       "error: a qtr trace has one event a request, so --event does not apply\n");
	expect_options("S 100\n", &device, "error: names no devices, so --device 'sda' is not in it\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(old_form_is_read),
	    cmocka_unit_test(a_letter_too_many_names_the_line),
	    cmocka_unit_test(what_cannot_be_is_refused),
	    cmocka_unit_test(extended_form_has_fields),
	    cmocka_unit_test(extended_form_may_name_devices),
	    cmocka_unit_test(extended_form_is_checked),
	    cmocka_unit_test(options_that_do_not_apply_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
