/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static const char text[] =
    "  8,0    0        1     0.000000000   168  Q   R 0 + 8 [parted]\n"
    "  8,0    0        2     0.000001000   168  G   R 0 + 8 [parted]\n"
    "  8,0    0        3     0.000002000   168  P   N [parted]\n"
    "  8,0    0        0     0.000002500     0  m   N cfq168A / alloced\n"
    "  8,0    0        4     0.000003000   168 UT   N [parted] 1\n"
    "  8,0    0        5     0.000004000   168  D   R 0 + 8 [parted]\n"
    "  8,0    0        6     0.001000000   168  A  RA 122752 + 8 <- (8,1) 120704\n"
    "  8,0    0        7     0.002000000     0  C   R 0 + 8 [0]\n"
    "  8,0    0        8     0.002290522    36  D  FN [kworker/0:1H]\n"
    "  8,0    0        9     0.003000000    36  C  FN 0 [0]\n"
    "  8,0    0       10     0.004000000    36  Q WFSM 36866 + 2 [a [b] c]\n"
    "  8,0    0       11     0.004000001    36  D WFSM 36866 + 2 [a [b] c]\n"
    "  8,0    0       12     0.005000000     0  C WFSM 36866 + 2 [5]\n"
    "  8,0    0       13     0.005000001     0  C WSM 36866 [0]\n"
    "  8,0    0       14     0.006000000     7  D  DS 2048 + 8 [x]\n"
    "  8,0    0       15     0.007000000     7  X   W 2048 / 4096 [x]\n"
    "  8,0    0       16     0.008000000     7  D   N 36 (12 00 00 00 24 00 ..) [x]\n"
    "CPU0 (8,0):\n"
    " Reads Queued:           1,        4KiB\t Writes Queued:           1,        1KiB\n"
    "\n"
    "Throughput (R/W): 0KiB/s / 0KiB/s\n"
    "Events (8,0): 16 entries\n"
    "Skips: 2 forward (3 -   0.0%)\n";

static void issue_events_count(void **state)
{
	(void)state;
	expect(text, "read 0 8 @4000 +1996000 pid=168 comm=parted dev=8,0\n"
		     "flush 0 0 @2290522 +709478 pid=36 comm=kworker/0:1H dev=8,0\n"
		     "write 36866 2 @4000001 +999999 pid=36 comm=a [b] c flags=27 dev=8,0\n"
		     "discard 2048 8 @6000000 pid=7 comm=x flags=42 dev=8,0\n"
		     "note: 3 events were lost while the trace was taken\n"
		     "note: 1 requests have no completion in the trace\n");
}

static void other_events_can_count(void **state)
{
	static const struct trace_options queue = {.event = "queue"}, complete = {.event = "complete"},
					  wrong = {.event = "merge"};

	(void)state;
	expect_options(text, &queue,
		       "read 0 8 @0 +2000000 pid=168 comm=parted dev=8,0\n"
		       "write 36866 2 @4000000 +1000000 pid=36 comm=a [b] c flags=27 dev=8,0\n"
		       "note: 3 events were lost while the trace was taken\n");
	expect_options(text, &complete,
		       "read 0 8 @2000000 +1996000 pid=168 comm=parted dev=8,0\n"
		       "flush 0 0 @3000000 +709478 pid=36 comm=kworker/0:1H dev=8,0\n"
		       "write 36866 2 @5000000 +999999 pid=36 comm=a [b] c flags=27 dev=8,0\n"
		       "note: 3 events were lost while the trace was taken\n");
	expect_options(text, &wrong, "error: --event 'merge': expected queue, issue or complete\n");
}

static void default_event_is_what_there_is(void **state)
{
	static const struct trace_options issue = {.event = "issue"};
	static const char queue[] =
	    "253,0 0 1 0.000000000 1 Q W 8 + 8 [x]\n253,0 0 2 0.000000005 1 C W 8 + 8 [0]\n";

	(void)state;
	expect(queue, "write 8 8 @0 +5 pid=1 comm=x dev=253,0\n");
	expect("253,0 0 2 0.000000005 1 C W 8 + 8 [0]\n", "write 8 8 @5 pid=1 dev=253,0\n");
	expect_options(queue, &issue,
		       "error: has no issue events of the device (queue: 1, issue: 0, complete: 1)\n");
}

static void merged_and_split_requests_are_completed(void **state)
{
	static const struct trace_options queue = {.event = "queue"};

	(void)state;
	expect_options("8,0 0 1 0.000000001 1 Q W 0 + 8 [x]\n8,0 0 2 0.000000002 1 Q W 8 + 8 [x]\n"
		       "8,0 0 3 0.000000003 1 D W 0 + 16 [x]\n8,0 0 4 0.000000009 1 C W 0 + 16 [0]\n",
		       &queue,
		       "write 0 8 @1 +8 pid=1 comm=x dev=8,0\nwrite 8 8 @2 +7 pid=1 comm=x dev=8,0\n");
	expect("8,0 0 1 0.000000001 1 D W 0 + 16 [x]\n8,0 0 2 0.000000002 1 C W 0 + 8 [0]\n"
	       "8,0 0 3 0.000000003 1 C W 8 + 8 [0]\n",
	       "write 0 16 @1 +2 pid=1 comm=x dev=8,0\n");
}

static void requeued_requests_count_once(void **state)
{
	(void)state;
	expect("8,0 0 1 0.000000001 1 D W 0 + 8 [x]\n8,0 0 2 0.000000002 1 R W 0 + 8 [0]\n"
	       "8,0 0 3 0.000000003 1 D W 0 + 8 [x]\n8,0 0 4 0.000000004 1 C W 0 + 8 [0]\n",
	       "write 0 8 @1 +3 pid=1 comm=x dev=8,0\n"
	       "note: 1 requests were requeued and issued again; each counts once\n");
}

static void disorder_is_sorted_and_told(void **state)
{
	(void)state;
	expect("8,0 0 1 0.000000005 1 C W 0 + 8 [0]\n8,0 0 2 0.000000002 1 D W 0 + 8 [x]\n",
	       "write 0 8 @2 +3 pid=1 comm=x dev=8,0\nnote: 1 events came out of order and have been sorted "
	       "by time\n");
	expect("8,0 0 1 9.000000005 1 D W 0 + 8 [x]\n8,0 0 2 0.000000002 1 D W 8 + 8 [x]\n",
	       "write 0 8 @9000000005 pid=1 comm=x dev=8,0\nwrite 8 8 @2 pid=1 comm=x dev=8,0\n"
	       "note: the clock of the trace was set back 1 times\n");
}

static void orphans_are_told(void **state)
{
	(void)state;
	expect(
	    "8,0 0 1 0.000000001 1 C W 0 + 8 [0]\n8,0 0 2 0.000000002 1 D W 8 + 8 [x]\n"
	    "8,0 0 3 0.000000003 1 C W 8 + 8 [0]\n",
	    "write 8 8 @2 +1 pid=1 comm=x dev=8,0\nnote: 1 completions belong to no request in the trace\n");
}

static void formats_of_f_are_read(void **state)
{
	static const struct trace_options wide = {.format =
						      "blkparse:%D %2c %8s %5T.%9t %5p %2a %3d %S %n\\n"},
					  few = {.format = "blkparse:%a|%d|%S|%N|%C\n"},
					  apart = {.format = "blkparse:%T.%t,%M:%m,%d,%S,%N,\"%C\"\n"},
					  lacks = {.format = "blkparse:%a %d"},
					  wrong = {.format = "blkparse:%y"};

	(void)state;
	expect_options(
	    "  8,0    0        1     1.000000005   168  D   R 0 8\nCPU0 (8,0):\n Reads Queued: 1\n", &wide,
	    "read 0 8 @1000000005 pid=168 dev=8,0\n");
	expect_options("D|W|8|4096|a b\nQ|W|8|4096|a b\n", &few, "write 8 8 comm=a b\n");
	expect_options(
	    "hello\n", &wide,
	    "error: line 1: expected a line of the format '%D %2c %8s %5T.%9t %5p %2a %3d %S %n\\n'\n");
	expect_options("1.000000005,8:16,W,8,4096,\"a b\"\n", &apart,
		       "write 8 8 @1000000005 comm=a b dev=8,16\n");
	expect_options("", &lacks, "error: the blkparse format needs %d, %S and one of %n and %N\n");
	expect_options("", &wrong,
		       "error: the blkparse format has a conversion that blkparse(1) does not know\n");
}

static void bad_lines_are_named(void **state)
{
	(void)state;
	expect("8,0 0 1 0.000000001 1 D W 0 + 8 [x]\nR 0 8\n",
	       "write 0 8 @1 pid=1 comm=x dev=8,0\nnote: 1 line left out, first: 2\n");
	expect("8,0 0 1 0.000000001 1 D W 0 + 8 [x]\n8,0 0 1 0.000000001 1 D W 0 + 8",
	       "write 0 8 @1 pid=1 comm=x dev=8,0\nnote: 1 line left out, first: 2; the last is cut off\n");
	expect("8,0 0 1 0.000000001 1 D 16722 0 + 8 [x]\n",
	       "error: line 1: '16722' is not the kind of a request (R, W, D, F ...)\n");
	expect("8,0 0 1 0.000000001 1 D W 18446744073709551615 + 8 [x]\n",
	       "error: line 1: the request ends beyond 2^63 bytes\n");
}

static void several_devices_must_be_chosen(void **state)
{
	static const char two[] =
	    "8,0 0 1 0.000000001 1 D W 0 + 8 [x]\n8,16 0 1 0.000000001 1 D R 0 + 8 [x]\n";
	static const struct trace_options b = {.device = "8,16"};

	(void)state;
	expect(two, "error: holds several devices; choose one with --device: 8,0, 8,16\n");
	expect_options(two, &b, "read 0 8 @1 pid=1 comm=x dev=8,16\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(issue_events_count),
	    cmocka_unit_test(other_events_can_count),
	    cmocka_unit_test(default_event_is_what_there_is),
	    cmocka_unit_test(merged_and_split_requests_are_completed),
	    cmocka_unit_test(requeued_requests_count_once),
	    cmocka_unit_test(disorder_is_sorted_and_told),
	    cmocka_unit_test(orphans_are_told),
	    cmocka_unit_test(formats_of_f_are_read),
	    cmocka_unit_test(bad_lines_are_named),
	    cmocka_unit_test(several_devices_must_be_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
