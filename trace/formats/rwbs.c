/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blk_fill_rwbs() in the kernel's block/ and kernel/trace/blktrace.c, over all its versions:
   [F preflush] then D, DE, W, WZ (since 6.19), R, N, F or Z with one or two letters (zones), then
   any of F (FUA) A (read-ahead) S (sync) M (metadata) U (atomic) B (barrier, before 2.6.37). */
#include "trace/formats/rwbs.h"

#include <string.h>
#include <strings.h>

enum verb { VERB_NONE = -1, VERB_BAD = -2 };

/* The operation's letters; how many they are goes to *used. */
static int verb_of(const char *text, size_t len, uint64_t sectors, size_t *used)
{
	*used = 1;
	switch (len > 0 ? text[0] : '\0') {
	case 'R':
		return ACCESS_READ;
	case 'W':
		*used = len > 1 && text[1] == 'Z' ? 2 : 1;
		return *used == 2 ? ACCESS_ZERO : ACCESS_WRITE;
	case 'D':
		*used = len > 1 && text[1] == 'E' ? 2 : 1;
		return ACCESS_DISCARD;
	case 'F':
		return ACCESS_FLUSH;
	case 'N':
		/* "None" is what a write of zeroes was called before it had letters. */
		return sectors > 0 ? ACCESS_ZERO : VERB_NONE;
	case 'Z':
		*used = len > 2 && text[1] == 'R' && text[2] == 'A' ? 3 : 2;
		return len < 2          ? VERB_NONE
		       : text[1] == 'A' ? ACCESS_WRITE
		       : text[1] == 'R' ? ACCESS_DISCARD
					: VERB_NONE;
	default:
		return VERB_BAD;
	}
}

static int flag_of(char letter)
{
	switch (letter) {
	case 'F':
		return ACCESS_FUA;
	case 'A':
		return ACCESS_AHEAD;
	case 'S':
		return ACCESS_SYNC;
	case 'M':
		return ACCESS_META;
	case 'U':
	case 'B':
		return 0;
	default:
		return -1;
	}
}

int rwbs_parse(const char *text, size_t len, uint64_t sectors, struct access *access)
{
	bool preflush = len > 1 && text[0] == 'F' && strchr("DWRNFZ", text[1]) != NULL;
	size_t used;
	int verb = verb_of(text + preflush, len - preflush, sectors, &used);

	if (verb == VERB_BAD || preflush + used > len)
		return -1;
	for (size_t i = preflush + used; i < len; i++) {
		int flag = flag_of(text[i]);

		if (flag < 0)
			return -1;
		access->flags |= (uint16_t)flag;
	}
	if (preflush && sectors == 0)
		verb = ACCESS_FLUSH;
	else if (preflush)
		access->flags |= ACCESS_PREFLUSH;
	if (verb == VERB_NONE)
		return 0;
	access->op = (uint8_t)verb;
	if (text[preflush] == 'Z')
		access->flags |= verb == ACCESS_WRITE ? ACCESS_APPEND : ACCESS_RESET | ACCESS_UNCERTAIN;
	return 1;
}

int op_word_parse(const char *text, size_t len, uint64_t sectors, struct access *access)
{
	static const struct {
		const char *word;
		enum access_op op;
	} words[] = {
	    {"read", ACCESS_READ},         {"rd", ACCESS_READ},           {"r", ACCESS_READ},
	    {"rs", ACCESS_READ},           {"write", ACCESS_WRITE},       {"wr", ACCESS_WRITE},
	    {"w", ACCESS_WRITE},           {"ws", ACCESS_WRITE},          {"discard", ACCESS_DISCARD},
	    {"trim", ACCESS_DISCARD},      {"unmap", ACCESS_DISCARD},     {"d", ACCESS_DISCARD},
	    {"t", ACCESS_DISCARD},         {"zero", ACCESS_ZERO},         {"zeroes", ACCESS_ZERO},
	    {"write_zeroes", ACCESS_ZERO}, {"write-zeroes", ACCESS_ZERO}, {"z", ACCESS_ZERO},
	    {"flush", ACCESS_FLUSH},       {"sync", ACCESS_FLUSH},        {"fsync", ACCESS_FLUSH},
	    {"f", ACCESS_FLUSH},
	};

	if (len == strlen("zone-append") && strncasecmp(text, "zone-append", len) == 0)
		return rwbs_parse("ZA", 2, sectors, access);
	if (len == strlen("zone-reset") && strncasecmp(text, "zone-reset", len) == 0)
		return rwbs_parse("ZR", 2, sectors, access);
	if (len == strlen("zone-finish") && strncasecmp(text, "zone-finish", len) == 0)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].word) != len || strncasecmp(words[i].word, text, len) != 0)
			continue;
		access->op = (uint8_t)words[i].op;
		if (len == 2 && (text[1] == 's' || text[1] == 'S'))
			access->flags |= ACCESS_SYNC;
		return 1;
	}
	return rwbs_parse(text, len, sectors, access);
}

int scsi_opcode_parse(uint8_t opcode, struct access *access)
{
	switch (opcode) {
	case 0x08: /* READ(6), (10), (12), (16) */
	case 0x28:
	case 0xa8:
	case 0x88:
		access->op = ACCESS_READ;
		return 1;
	case 0x0a: /* WRITE(6), (10), (12), (16) */
	case 0x2a:
	case 0xaa:
	case 0x8a:
	case 0x2e: /* WRITE AND VERIFY(10), (12), (16) */
	case 0xae:
	case 0x8e:
	case 0x41: /* WRITE SAME(10), (16) */
	case 0x93:
		access->op = ACCESS_WRITE;
		return 1;
	case 0x42: /* UNMAP */
		access->op = ACCESS_DISCARD;
		return 1;
	case 0x35: /* SYNCHRONIZE CACHE(10), (16) */
	case 0x91:
		access->op = ACCESS_FLUSH;
		return 1;
	default:
		return 0;
	}
}
