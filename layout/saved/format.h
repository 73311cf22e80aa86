/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read and write saved maps share: docs/saved-map.md in C. */
#ifndef LAYOUT_SAVED_FORMAT_H
#define LAYOUT_SAVED_FORMAT_H

#include "base/pack.h"
#include "layout/driver.h"
#include "layout/saved/saved.h"

#define SAVED_MAGIC                                                                                          \
	"\x89"                                                                                               \
	"blkmap\n"
#define SAVED_MAGIC_LEN 8
#define SAVED_VERSION 2 /* 1 can be read: without names of kinds or far copies, and only ext */
#define SAVED_HEADER 32 /* bytes before the table of sections */
#define SAVED_ENTRY 24  /* bytes of the table for a section */
#define SAVED_ALIGN 64
#define SAVED_NONE UINT32_MAX       /* no space */
#define SAVED_OF_HISTORY 0x80000000 /* with a note's space: only for who asks for labels of before */
#define SAVED_NO_KIND 254

enum saved_section {
	SAVED_TREE,     /* spaces, segments, links, notes: packed */
	SAVED_EXTENTS,  /* struct extent */
	SAVED_OVERLAPS, /* SAVED_OVERLAP bytes each */
	SAVED_NAMES,    /* struct file_link, by inode */
	SAVED_OTHERS,   /* struct file_link */
	SAVED_TARGETS,  /* struct file_target */
	SAVED_POOL,     /* bytes */
	SAVED_LOG,      /* SAVED_LOG_ENTRY bytes each */
	SAVED_SECTIONS,
};

#define SAVED_OVERLAP 64
#define SAVED_LOG_ENTRY 24

/* Bytes of a space by which a disk is known again. */
#define FINGERPRINT_MAX 512

struct fingerprint {
	uint32_t space; /* its number */
	uint64_t offset;
	uint32_t len, crc; /* at most FINGERPRINT_MAX bytes */
};

/* What only a saved map has. */
struct map_saved {
	const void *bytes; /* its file in memory; NULL for one that is to be written */
	size_t len;
	char *of; /* the disk that it is of, or NULL */
	VEC(struct fingerprint) fingerprints;
};

/* Makes map->saved, if there is none; 0 or -1. */
int saved_begin(struct map *map, struct err *err);

/* A file that is being written: its sections in memory. */
struct saved_out {
	struct text sections[SAVED_SECTIONS];
};

/* A file that is being read. */
struct saved_in {
	const uint8_t *bytes;
	size_t len;
	struct {
		const uint8_t *at;
		size_t len;
	} sections[SAVED_SECTIONS];
	struct unpack tree;
	uint32_t version;
	uint8_t kinds[256]; /* by number in the file: the program's, or SAVED_NO_KIND */
	bool same_kinds;    /* all are the same */
	struct {
		const char *at; /* not ended by a NUL; NULL for none */
		size_t len;
	} names[256];      /* of kinds, by number in the file */
	const char *lacks; /* a kind in use that the program does not know, not ended by a NUL; or NULL */
	size_t lacks_len;
	struct map *map;
};

/* `n` items of `size` bytes of a section from the `first` on; NULL, and the tree is bad, when they are not
   all there. */
const uint8_t *saved_items(struct saved_in *in, enum saved_section section, size_t size, uint64_t first,
			   uint64_t n);

/* The kinds: their names by number, and what the program calls each (kinds.c). */
void saved_put_kinds(struct text *tree);
void saved_get_kinds(struct saved_in *in);
enum kind saved_kind(struct saved_in *in, unsigned number);

/* The tree (write.c, read.c). */
int saved_put_map(struct saved_out *out, const struct map *map, struct err *err);
int saved_get_map(struct saved_in *in, struct err *err);

/* Finds the fingerprints of a map that was built from a disk (identity.c). */
int saved_take_fingerprints(struct map *map, struct err *err);

/* The names of a file system's files, but for `root` (names.c). */
struct file_names;
void saved_put_names(struct saved_out *out, const struct file_names *names);
void saved_get_names(struct saved_in *in, struct file_names *names);

/* The items that a section has for who reads: their range stands in the tree; NULL when it makes no sense. */
const void *saved_get_items(struct saved_in *in, enum saved_section section, size_t size, size_t *n);

/* The same names as tokens (names_anonymize.c); 0, or -1 without memory. */
int saved_anonymize_names(struct file_names *names, const uint64_t key[2]);

/* A history, and the same with other names (history.c).  From a map of a file system with so many inodes: NULL
   without memory. */
struct history;
void saved_put_history(struct text *to, const struct history *history);
struct history *saved_get_history(struct saved_in *in, uint32_t inodes);
int saved_anonymize_history(struct history *history, const uint64_t key[2]);

/* What stands for a file's name, into room for 256 bytes: its length (names_anonymize.c). */
size_t saved_name_token(const uint64_t key[2], const char *name, size_t len, char *token);

/* A name's token (anonymize.c). */
#define TOKEN_LEN 13
void saved_token(const uint64_t key[2], const char *name, size_t len, char token[TOKEN_LEN + 1]);

/* The number of a type of segment in a file, and back; false for a number that is not known. */
uint8_t saved_segment_number(enum segment_type type);
bool saved_segment_type(uint8_t number, enum segment_type *type);

/* Whether all numbers in a map are within what they number (check.c). */
bool saved_is_sound(const struct map *map);

#endif
