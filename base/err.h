/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one way in which a function says why it could not do its work: it fills a struct err once,
   where the failure is seen, and returns -1.  Only cli/ prints it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
	char text[512];
	bool of_line; /* it is one line of a text that is wrong, and those behind it may be right */
	int errnum; /* with which a device could not be read; 0 for all that is wrong with what was read */
};

/* Sets the text, of no line, and returns -1, so that callers can write `return err_set(err, ...)`. */
int err_set(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts the place in front of a text that is already there ("partition 2: " + text); returns -1. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The text for a failed allocation; returns -1. */
int err_nomem(struct err *err);

#endif
