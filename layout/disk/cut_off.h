/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a disk in one of QEMU's formats has lost its end, or a file that it goes on in.  QEMU itself reads
   zeroes from there, without a word; of vhdx and of growing vpc files it knows. */
#ifndef LAYOUT_DISK_CUT_OFF_H
#define LAYOUT_DISK_CUT_OFF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The formats that qemu-nbd is asked for, by their magic numbers; NULL for raw bytes. */
const char *cut_off_format(int fd, uint64_t bytes);

struct cut_off {
	int fd;
	const char *path, *format;
	uint64_t bytes; /* the file's */
	unsigned depth; /* how many files lie over it */
	char *note;     /* filled where something is odd that may be meant so */
	size_t note_len;
};

/* 0 where nothing is missing or nothing can be told, else -1 with the reason. */
int cut_off_check(const struct cut_off *file, struct err *err);

/* --- for the formats --- */

/* Fills err: something lies at byte `needed`, behind the end; returns -1. */
int cut_off_at(uint64_t bytes, uint64_t needed, struct err *err);

/* Another file that a disk goes on in. */
struct cut_off_next {
	const char *what; /* it is to the disk, for messages */
	const char *name; /* that the disk gives it */
	bool is_raw;      /* whatever it looks like */
	uint64_t least;   /* how many bytes the disk uses of it, if it is raw */
	bool may_be_short;
};

/* What is no file, or cannot be opened, is for QEMU to refuse. */
int cut_off_follow(const struct cut_off *file, const struct cut_off_next *next, struct err *err);

int cut_off_qcow2(const struct cut_off *file, struct err *err);
int cut_off_vmdk(const struct cut_off *file, struct err *err);

#endif
