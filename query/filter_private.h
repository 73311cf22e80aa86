/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter from its text to its program.  The text becomes a tree of tests; the tree becomes a list of tests,
   each of which says which one follows when it holds, and which when not, always further down. */
#ifndef QUERY_FILTER_PRIVATE_H
#define QUERY_FILTER_PRIVATE_H

#include "base/vec.h"
#include "query/filter.h"
#include "query/pattern.h"

#define FILTER_TESTS_MAX 4096
#define FILTER_DEPTH_MAX 200

enum test_type {
	TEST_HAS,      /* the piece has it; a flag: it is true */
	TEST_RANGE,    /* low <= number <= high */
	TEST_IS,       /* the text is `text`; of words, one is */
	TEST_CONTAINS, /* `text` is in it */
	TEST_MATCHES,
	TEST_SEARCH, /* `text` is in the device, the kind, the file system's type or the path */
};

struct test {
	enum test_type type;
	enum field_id field;
	enum field_source source;
	bool is_not; /* holds where the field is there, and the rest does not hold */
	int64_t low, high;
	char *text; /* owned */
	size_t len;
	struct pattern *pattern; /* owned */
	filter_verdict yes, no;  /* in the program only */
};

enum node_type { NODE_TEST, NODE_AND, NODE_OR, NODE_NOT };

struct node {
	enum node_type type;
	enum field_source source; /* the dearest */
	uint32_t left, right;     /* nodes; of NODE_TEST: left is the test */
};

struct filter {
	char *text;
	VEC(struct test) tests;   /* as they stand in the text */
	VEC(struct node) nodes;   /* while it is parsed */
	VEC(struct test) program; /* the same tests, in the order in which they are asked */
	filter_verdict entry;
	enum field_source source;
};

enum token_type {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING, /* in quotes */
	TOKEN_RANGE,  /* .. */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_BRACE,
	TOKEN_UNBRACE,
	TOKEN_COMMA,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_EQUAL,
	TOKEN_UNEQUAL,
	TOKEN_LESS,
	TOKEN_AT_MOST,
	TOKEN_MORE,
	TOKEN_AT_LEAST,
	TOKEN_MATCHES, /* ~ and the word */
	TOKEN_CONTAINS,
	TOKEN_IN,
};

struct token {
	enum token_type type;
	size_t at, len;    /* in the text, quotes included */
	struct text value; /* of a string: what it says */
};

/* The token at *at, which goes behind it.  0, or -1 with *at where it is wrong. */
int token_next(const char *text, size_t *at, struct token *token, struct err *err);

/* The tree into the program; 0, or -1 without memory. */
int filter_compile(struct filter *filter, uint32_t root);

#endif
