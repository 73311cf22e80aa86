/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every trace format there is, one line each; the drivers are at the end of their own files. */
#ifndef TRACE_FORMATS_H
#define TRACE_FORMATS_H

#include "trace/trace.h"

extern const struct trace_format format_qtr;
extern const struct trace_format format_blktrace;
extern const struct trace_format format_nbdkit;
extern const struct trace_format format_qemu;
extern const struct trace_format format_blkparse;
extern const struct trace_format format_ftrace;
extern const struct trace_format format_fio;
extern const struct trace_format format_logwrites;
extern const struct trace_format format_biosnoop;
extern const struct trace_format format_bpftrace;
extern const struct trace_format format_strace;
extern const struct trace_format format_systemtap;
extern const struct trace_format format_etw;
extern const struct trace_format format_block_dump;
extern const struct trace_format format_fs_usage;
extern const struct trace_format format_dtrace;
extern const struct trace_format format_ndjson;
extern const struct trace_format format_csv;
extern const struct trace_format format_regex;

#endif
