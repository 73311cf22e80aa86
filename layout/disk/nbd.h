/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk behind the NBD protocol. */
#ifndef LAYOUT_DISK_NBD_H
#define LAYOUT_DISK_NBD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nbd;

/* Connects to an export by its URI, or to a captive `qemu-nbd --read-only` that serves an image file in
   one of QEMU's formats, with what it lies over, as `json` says in QEMU's words.  0 with the export's size,
   or -1. */
int nbd_open_uri(struct nbd **nbd, const char *uri, uint64_t *bytes, struct err *err);
int nbd_open_format(struct nbd **nbd, const char *json, const char *format, uint64_t *bytes, struct err *err);

/* Closes the connection, and with it the captive server; NULL is fine. */
void nbd_free(struct nbd *nbd);

/* Whether the server is gone, and every further read will fail. */
bool nbd_is_lost(struct nbd *nbd);

/* Reads exactly len bytes, whatever the server's alignment; they must be inside the export.  err->errnum is
   the server's error. */
int nbd_read(struct nbd *nbd, uint64_t offset, void *buf, size_t len, struct err *err);

#endif
