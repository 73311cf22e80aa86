/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats, in the order in which they are probed. */
#include "trace/formats.h"

const struct trace_format *const trace_formats[] = {
    &format_blktrace, &format_logwrites, &format_fio,      &format_qtr,        &format_nbdkit,
    &format_biosnoop, &format_bpftrace,  &format_blkparse, &format_ftrace,     &format_systemtap,
    &format_qemu,     &format_strace,    &format_etw,      &format_block_dump, &format_fs_usage,
    &format_dtrace,   &format_ndjson,    &format_csv,      &format_regex,      NULL,
};
