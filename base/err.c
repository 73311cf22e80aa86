/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error texts: set once, prefixed with the place on the way up. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->of_line = false;
	err->errnum = 0;
	return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
	struct err old = *err;
	va_list ap;
	size_t used;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, "%s", old.text);
	return -1;
}

int err_nomem(struct err *err)
{
	return err_set(err, "out of memory");
}
