/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the types of GPT partitions. */
#ifndef LAYOUT_TABLES_GPT_TYPES_H
#define LAYOUT_TABLES_GPT_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The name of a type, of whose GUID there are 16 bytes as they lie on the disk: "EFI System"; "type GUID" for
   one that has none. */
void gpt_type_name(const uint8_t *guid, char *name, size_t len);

#endif
