/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static void collections_are_recognised(void **state)
{
	(void)state;
	expect("128166372003061629,hm,0,Read,1074696192,4096,113\n",
	       "read 2099016 8 @1172163600306162900 +11300 dev=hm.0\n");
	expect("419,W,8792731648,16384,1577808144360767\n",
	       "write 17173304 32 @1577808144360767000 dev=419\n");
	expect("1538323200,12910952,128,0,1063\n", "read 12910952 128 @1538323200000000000 dev=1063\n");
	expect("Timestamp,Response,IOType,LUN,Offset,Size\n1456095145.133076000,0.000806000,R,0,899056122368,"
	       "131072\n"
	       "1456095145.133076001,,,0,899056122368,131072\n",
	       "read 1755968989 256 @1456095145133076000 +806000 dev=0\n"
	       "note: 1 lines have no operation and are left out\n");
	expect("1157,3.828359000,W,7155568640,4096\n", "write 13975720 8 @3828359000 dev=1157\n");
	expect("0,20941264,8192,W,0.551706\n", "write 20941264 16 @551706000 dev=0\n");
	expect("0, 494907, 0, 65536, 0, 0\n7, 494907, 2, 65536, 512, 0\n",
	       "read 0 128 @0\ndiscard 1 128 @7000000\n");
}

static void headers_name_columns(void **state)
{
	(void)state;
	expect("time_us;op;offset;size;device_name;latency.ms;ignored\n1.5;write;512;1;sda;2;x\n",
	       "write 1 1 @1500 +2000000 flags=80 dev=sda\nnote: 1 lengths are no multiples of 512 bytes; if "
	       "they count sectors, name their column 'sectors' with --format\n");
	expect("index,op,start,sectors,pid,comm\n0,discard,8,8,12,\"a b\"\n1,flush,,,,\n",
	       "discard 8 8 pid=12 comm=a b\nflush 0 0\n");
}

static void quoted_cells_are_as_rfc_4180_says(void **state)
{
	static const struct trace_options columns = {.format = "csv:comm,op,sector,count"};

	(void)state;
	expect("\"time\",\"op\",\"offset\",\"bytes\",\"comm\"\r\n1.5,\"R\",\"0\",512,\"a \"\"b\"\", "
	       "c\"\r\n2,W, \"512\" ,512,\"\"\r\n",
	       "read 0 1 @1500000000 comm=a \"b\", c\nwrite 1 1 @2000000000\n");
	expect("\"op\";\"sector, first\";\"sector\";\"count\"\nR;7;8;8\n", "read 8 8\n");
	expect_options("\"x,y\",W,2,3\n", &columns, "write 2 3 comm=x,y\n");
	expect_options("5\" disk,W,2,3\n", &columns, "write 2 3 comm=5\" disk\n");
	expect_options("a,W,2,3\n\"b,W,2,3\n", &columns,
		       "write 2 3 comm=a\nnote: 1 line left out, first: 2\n");
	expect_options("a,W,2,3\nb,W,2,\"3", &columns,
		       "write 2 3 comm=a\nnote: 1 line left out, first: 2; the last is cut off\n");
}

static void columns_are_named_by_option(void **state)
{
	static const struct trace_options blocks = {.format = "csv:op,-,offset.4096,count"},
					  unit = {.format = "csv:op,offset.furlong,bytes"},
					  lacks = {.format = "csv:op,offset"},
					  generic = {.format = "csv:generic"};

	(void)state;
	expect_options("W x 2 3\n", &blocks, "write 16 24\n");
	expect_options("W x 2\n", &blocks, "error: line 1: 3 columns, expected 4\n");
	expect_options("W x 2 3", &blocks,
		       "write 16 24 flags=200\nnote: line 1 has no line end and may be cut off; it ends in a "
		       "number, so its access is uncertain\n");
	expect_options("W,2,3\n", &unit, "error: column 'offset.furlong': its unit is not known\n");
	expect_options("W,2,3\n", &lacks,
		       "error: the columns 'op,offset' lack sectors, bytes or count; what all rows have "
		       "alike can be given as in --format csv:sector,op=read,sectors=8\n");
	expect_options("W,2,3\n", &generic,
		       "error: line 1: the columns 'W,2,3' lack op; what all rows have alike can be given as "
		       "in --format csv:sector,op=read,sectors=8\n");
}

static void bad_values_are_named(void **state)
{
	static const struct trace_options plain = {.format = "csv:op,offset,bytes,time"};

	(void)state;
	expect_options("R,1x,512,0\n", &plain, "error: line 1: '1x' where a place is expected\n");
	expect_options("Q,0,512,0\n", &plain,
		       "error: line 1: 'Q' is not an operation (read, write, discard, zero, flush)\n");
	expect_options("R,9223372036854775807,512,0\n", &plain,
		       "error: line 1: the request ends beyond 2^63 bytes\n");
	expect_options("R,0,512,noon\n", &plain, "error: line 1: 'noon' where a time is expected\n");
}

static void patterns_read_lines(void **state)
{
	static const struct trace_options
	    tap = {.format = "regex:^bdrv_aio_(?<op>read|write)v (?<sector>\\d+) (?<nsec>\\d+)"},
	    full = {.format = "regex:^(?<time_ms>\\S+) (?<device>\\w+)/(?<pid>\\d+) "
			      "(?<op>\\w+) (?<offset>\\w+)\\+(?<count>\\w+)"};

	(void)state;
	expect_options("bdrv_aio_readv 0 8\nother\nbdrv_aio_writev 8 1\n", &tap,
		       "read 0 8\nwrite 8 1\nnote: 1 lines do not match the pattern and are left out\n");
	expect("bdrv_aio_readv 0 8\nbdrv_aio_writev 8 1\n", "read 0 8\nwrite 8 1\n");
	expect_options("1.5 sda/7 trim 0x200+0x400\n", &full, "discard 1 2 @1500000 pid=7 dev=sda\n");
}

static void bad_patterns_are_explained(void **state)
{
	static const struct trace_options open = {.format = "regex:(?<op>"},
					  lacks = {.format = "regex:(?<op>a)"},
					  group = {.format = "regex:(?<op>a)(?<fish>b)"},
					  empty = {.format = "regex"},
					  slow = {.format = "regex:^(?<op>(a+)+)(?<sector>\\d)(?<nsec>\\d)$"},
					  good = {.format = "regex:(?<op>R)(?<sector>\\d)(?<nsec>\\d)"};

	(void)state;
	expect_options("x\n", &open,
		       "error: the pattern is wrong at its character 7: missing closing parenthesis\n");
	expect_options("x\n", &lacks, "error: the pattern has no group for sector or offset\n");
	expect_options(
	    "x\n", &group,
	    "error: the pattern's group 'fish' is none that blkmap knows (op, sector, offset, sectors, "
	    "bytes, count, time, latency, device, pid, comm)\n");
	expect_options("x\n", &empty, "error: --format regex needs a pattern: regex:PATTERN\n");
	expect_options("x\n", &good, "error: has no line that matches the pattern\n");
	expect_options("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
		       &slow, "error: line 1: the pattern takes too long on this line (PCRE2 error -47)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(collections_are_recognised),
	    cmocka_unit_test(headers_name_columns),
	    cmocka_unit_test(quoted_cells_are_as_rfc_4180_says),
	    cmocka_unit_test(columns_are_named_by_option),
	    cmocka_unit_test(bad_values_are_named),
	    cmocka_unit_test(patterns_read_lines),
	    cmocka_unit_test(bad_patterns_are_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
