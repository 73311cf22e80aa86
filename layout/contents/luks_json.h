/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text in a LUKS2 header. */
#ifndef LAYOUT_CONTENTS_LUKS_JSON_H
#define LAYOUT_CONTENTS_LUKS_JSON_H

#include <stdbool.h>
#include <stdint.h>

/* In bytes. */
struct luks_areas {
	uint64_t keyslots;     /* size of their area, which follows the headers */
	uint64_t payload;      /* where it begins */
	uint64_t payload_size; /* 0: it goes on to the end of the device */
};

/* False where the text is no JSON or has no segment. */
bool luks_json_areas(const char *text, struct luks_areas *areas);

#endif
