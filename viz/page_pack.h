/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of numbers as the page's script unpacks them: base64 of numbers as base/pack.h packs them. */
#ifndef VIZ_PAGE_PACK_H
#define VIZ_PAGE_PACK_H

#include "base/text.h"

#include <stdint.h>

/* The difference, the sign in its lowest bit. */
void page_pack_signed(struct text *out, uint64_t now, uint64_t before);

/* A member of the document with what has been packed, which is freed. */
void page_add_packed(struct text *out, const char *key, struct text *bytes);

#endif
