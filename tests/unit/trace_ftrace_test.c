/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static void ftrace_old_and_new(void **state)
{
	(void)state;
	expect("# tracer: nop\n#\n"
	       "          dd-15046   [001] .....  1801.503408: block_rq_issue: 7,0 WS 8192 () 800 + 16 "
	       "be,0,4 [dd]\n"
	       "   (udev-worker)-176 [001] d..1  1801.503409: block_rq_issue: 7,0 RA 4096 () 0 + 8 "
	       "[(udev-worker)]\n"
	       "   my [x] task-9   (   9) [001] ....  1801.503410: block_rq_complete: 7,0 WS () 800 + 16 "
	       "be,0,4 [0]\n"
	       "    kworker/0:1H-44      [000] .....  1801.503527: block_rq_issue: 7,0 FF 0 () 0 + 0 "
	       "none,0,0 [kworker/0:1H]\n"
	       "    ksoftirqd/1-22      [001] ..s..  1801.503928: block_rq_complete: 7,0 FF () "
	       "18446744073709551615 + 0 none,0,0 [0]\n"
	       "    <idle>-0      [001] ..s..  1801.503929: block_rq_complete: 7,0 RA () 0 + 8 [-5]\n",
	       "write 800 16 @1801503408000 +2000 pid=15046 comm=dd flags=2 dev=7,0\n"
	       "read 0 8 @1801503409000 +520000 pid=176 comm=(udev-worker) flags=28 dev=7,0\n"
	       "flush 0 0 @1801503527000 +401000 pid=44 comm=kworker/0:1H dev=7,0\n");
}

static void trace_cmd_report(void **state)
{
	(void)state;
	expect("cpus=2\n"
	       "CPU 1 is empty\n"
	       "              dd-15046 [001]  1801.503400: sched_switch:         dd:15046 [120] R ==> x:1 "
	       "[120]\n"
	       "              dd-15046 [001]  1801.503408: block_bio_queue:      7,0 NS 800 + 16 [dd]\n"
	       "CPU:1 [LOST 12 EVENTS]\n"
	       "CPU:0 [3 EVENTS DROPPED]\n",
	       "zero 800 16 @1801503408000 pid=15046 comm=dd flags=2 dev=7,0\n"
	       "note: 15 events were lost while the trace was taken\n");
}

static void perf_script(void **state)
{
	(void)state;
	expect("perf-exec 15088 [000]  1828.718005:  block:block_rq_issue: 254,0 RM 4096 () 13539912 + 8 "
	       "0x2,0,4 [perf-exec]\n"
	       " kworker/1:1H-kb    44/45 [001]  2036.535351712:    block:block_rq_issue: 254,0 FWFS 512 () "
	       "8 + 1 [kworker]\n",
	       "read 13539912 8 @1828718005000 pid=15088 comm=perf-exec flags=4 dev=254,0\n"
	       "write 8 1 @2036535351712 pid=45 comm=kworker flags=13 dev=254,0\n");
}

static void passthrough_is_no_access(void **state)
{
	(void)state;
	expect("a-1 [000] 1.5: block_rq_issue: 8,0 N 36 (12 00 00) 0 + 0 [a]\n"
	       "a-1 [000] 1.6: block_rq_issue: 8,0 R 512 () 0 + 1 [a]\n"
	       "a-1 [000] 1.7: block_dirty_buffer: 8,0 sector=1 size=4096\n",
	       "read 0 1 @1600000000 pid=1 comm=a dev=8,0\n");
}

static void bad_lines_are_named(void **state)
{
	(void)state;
	expect("a-1 [000] 1.5: block_rq_issue: 43,0 16722 (C) 34359738371 + 4096 [ker/0:1H]\n",
	       "error: line 1: expected 'MAJ,MIN RWBS ... SECTOR + COUNT ... [COMMAND OR ERROR]' after the "
	       "event's name\n");
	expect("a-1 [000] 1.5: block_rq_issue: 8,0 R 512 () 0 + 1 [a]\nR 0 8\n",
	       "read 0 1 @1500000000 pid=1 comm=a dev=8,0\nnote: 1 line left out, first: 2\n");
	expect("a-1 [000] 1.5: block_rq_issue: 8,0 R 512 () 0 + 1 [a]\na-1 [000] 1.5: block_rq_issue: 8,0 R "
	       "512 () 0",
	       "read 0 1 @1500000000 pid=1 comm=a dev=8,0\nnote: 1 line left out, first: 2; the last is cut "
	       "off\n");
}

static void bpftrace_lines(void **state)
{
	(void)state;
	expect("Attaching 1 probe...\n2036534629445 7,0 FF 0 0 kworker/1:1H\n2036535818950 7,0 WS 2048 2 a "
	       "b\n\n",
	       "flush 0 0 @2036534629445 comm=kworker/1:1H dev=7,0\nwrite 2048 2 @2036535818950 comm=a b "
	       "flags=2 dev=7,0\n");
	expect("2036535818950 7,0 WS 2048 2 a b\nhello\n",
	       "write 2048 2 @2036535818950 comm=a b flags=2 dev=7,0\nnote: 1 line left out, first: 2\n");
}

static void biosnoop_lines(void **state)
{
	(void)state;
	expect("TIME(s)     COMM           PID    DISK      T SECTOR     BYTES  LAT(ms)\n"
	       "0.000004    super vise     1950   xvda1     W 13092560   4096      0.74\n",
	       "write 13092560 8 @4000 +740000 pid=1950 comm=super vise dev=xvda1\n");
	expect("TIME(s)     COMM           PID    DISK      T SECTOR     BYTES  QUE(ms) LAT(ms)\n"
	       "0.000004    a              1950   xvda1     FF 18446744073709551615 0 0.01      0.74\n",
	       "flush 0 0 @4000 +740000 pid=1950 comm=a dev=xvda1\n");
	expect("Tracing block I/O. Ctrl-C to end.\n"
	       "COMM         PID    TYPE DEV      BLOCK        BYTES     LATms\n"
	       "supervise    1809   WS   202,1    17039968     4096       1.32\n",
	       "write 17039968 8 +1320000 pid=1809 comm=supervise flags=2 dev=202,1\n");
	expect("TIME(s)     COMM           PID    DISK      T SECTOR     BYTES  LAT(ms)\nhello\n",
	       "error: line 2: expected a line with the columns of the header\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ftrace_old_and_new),  cmocka_unit_test(trace_cmd_report),
	    cmocka_unit_test(perf_script),         cmocka_unit_test(passthrough_is_no_access),
	    cmocka_unit_test(bad_lines_are_named), cmocka_unit_test(bpftrace_lines),
	    cmocka_unit_test(biosnoop_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
