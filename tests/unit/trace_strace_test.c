/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static void calls_with_offsets(void **state)
{
	(void)state;
	expect("21667 pwrite64(3</data/s.img>, \"a\\\")<,\"..., 1024, 2048) = 1024\n"
	       "21667 pread64(3</data/s.img>, \"\"..., 512, 100) = 512\n"
	       "21667 pwritev(3</data/s.img>, [{iov_base=\"\"..., iov_len=512}, {iov_base=\"\", "
	       "iov_len=512}], 2, 4096) = 1024\n"
	       "21667 fallocate(3</data/s.img>, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 0, 8388608) = 0\n"
	       "21667 fallocate(3</data/s.img>, FALLOC_FL_ZERO_RANGE, 8323072, 65536) = 0\n"
	       "21667 ioctl(3</data/s.img>, BLKDISCARD, [512, 1024]) = 0\n"
	       "21667 fsync(3</data/s.img>)             = 0\n"
	       "21667 pread64(3</data/s.img>, 0x7ffe, 512, 0) = -1 EIO (Input/output error)\n"
	       "21667 +++ exited with 0 +++\n",
	       "write 4 2 pid=21667 dev=/data/s.img\nread 0 2 pid=21667 flags=80 dev=/data/s.img\n"
	       "write 8 2 pid=21667 dev=/data/s.img\ndiscard 0 16384 pid=21667 dev=/data/s.img\n"
	       "zero 16256 128 pid=21667 dev=/data/s.img\ndiscard 1 2 pid=21667 dev=/data/s.img\n"
	       "flush 0 0 pid=21667 dev=/data/s.img\n");
}

static void positions_are_followed(void **state)
{
	(void)state;
	expect("openat(AT_FDCWD, \"a.img\", O_RDWR) = 3\n"
	       "read(3, \"\"..., 512) = 512\n"
	       "lseek(3, 4096, SEEK_SET) = 4096\n"
	       "write(3, \"\"..., 1024) = 1024\n"
	       "dup2(3, 5) = 5\n"
	       "read(5, \"\"..., 512) = 512\n"
	       "close(5) = 0\n",
	       "read 0 1 dev=a.img\nwrite 8 2 dev=a.img\nread 10 1 dev=a.img\n");
}

static void unfinished_calls_are_joined(void **state)
{
	(void)state;
	expect("[pid 10] 1.000001 pread64(3<a>,  <unfinished ...>\n"
	       "[pid 11] 1.000002 pread64(3<a>, \"\"..., 512, 512) = 512 <0.000001>\n"
	       "[pid 10] 1.000005 <... pread64 resumed>\"\"..., 512, 0) = 512 <0.000004>\n",
	       "read 1 1 @2000003000 +1000 pid=11 dev=a\nread 0 1 @1000001000 +4000 pid=10 dev=a\n");
	expect("10 1795353792.000001 pread64(3<a>, \"\"..., 512, 0) = 512\n"
	       "10 12:00:00.5 pread64(3<a>, \"\"..., 512, 0) = 512\n",
	       "read 0 1 @1795353792000001000 pid=10 dev=a\nread 0 1 @43200500000000 pid=10 dev=a\n");
}

static void furniture_is_left_out(void **state)
{
	(void)state;
	expect(
	    "pread64(3</usr/lib/x86_64-linux-gnu/libc.so.6>, \"\"..., 784, 64) = 784\n"
	    "write(1</dev/pts/0<char 136:0>>, \"x\", 1) = 1\n"
	    "read(3<disk>, \"\", 512) = 512\n"
	    "pread64(3<disk>, \"\"..., 512, 0) = 512\n",
	    "read 0 1 dev=disk\n"
	    "note: 2 reads and writes of libraries, configuration, pipes and the like are left out\n"
	    "note: 1 reads and writes are left out: the trace does not show where the file position was\n");
}

static void bad_lines_are_named(void **state)
{
	(void)state;
	expect("pread64(3<a>, \"\"..., 512, 0) = 512\nR 0 8\n",
	       "read 0 1 dev=a\nnote: 1 line left out, first: 2\n");
	expect("pread64(3<a>, \"\"..., 512, 0) = 512\npread64(3<a>, \"\"..., 51",
	       "read 0 1 dev=a\nnote: 1 line left out, first: 2; the last is cut off\n");
}

static void copies_are_a_read_and_a_write(void **state)
{
	static const struct trace_options a = {.device = "/a"}, b = {.device = "/b"};
	static const char text[] = "copy_file_range(3</a>, [512], 4</b>, [1024], 4096, 0) = 4096\n"
				   "openat(AT_FDCWD, \"/a\", O_RDWR) = 3</a>\n"
				   "openat(AT_FDCWD, \"/b\", O_RDWR) = 4</b>\n"
				   "copy_file_range(3</a>, NULL, 4</b>, NULL, 1536, 0) = 1024\n"
				   "sendfile(4</b>, 3</a>, [8192] => [8704], 512) = 512\n"
				   "sendfile(4</b>, 3</a>, NULL, 512) = 512\n"
				   "preadv2(3</a>, [{iov_base=\"\"..., iov_len=512}], 1, -1, 0) = 512\n"
				   "read(3</a>, \"\"..., 512) = 512\n";

	(void)state;
	expect_options(text, &a,
		       "read 1 8 dev=/a\nread 0 2 dev=/a\nread 16 1 dev=/a\nread 2 1 dev=/a\n"
		       "read 3 1 dev=/a\nread 4 1 dev=/a\n");
	expect_options(text, &b, "write 2 8 dev=/b\nwrite 0 2 dev=/b\nwrite 2 1 dev=/b\nwrite 3 1 dev=/b\n");
}

static void what_is_appended_has_no_place(void **state)
{
	(void)state;
	expect(
	    "openat(AT_FDCWD, \"/a\", O_WRONLY|O_APPEND) = 3</a>\nwrite(3</a>, \"\"..., 512) = 512\n"
	    "pread64(3</a>, \"\"..., 512, 0) = 512\n",
	    "read 0 1 dev=/a\n"
	    "note: 1 reads and writes are left out: the trace does not show where the file position was\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(copies_are_a_read_and_a_write),
	    cmocka_unit_test(what_is_appended_has_no_place),
	    cmocka_unit_test(calls_with_offsets),
	    cmocka_unit_test(positions_are_followed),
	    cmocka_unit_test(unfinished_calls_are_joined),
	    cmocka_unit_test(furniture_is_left_out),
	    cmocka_unit_test(bad_lines_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
