/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree into the program.  What costs little is asked first: no test changes anything, so the order is free.
   Tests are put down from the last to the first, for each must know what follows. */
#include "query/filter_private.h"

#include <string.h>

struct compiler {
	struct filter *filter;
	bool failed;
};

/* Verdicts count from the end of the program while it is made. */
static filter_verdict put_test(struct compiler *compiler, const struct node *node, filter_verdict yes,
			       filter_verdict no)
{
	struct test test = compiler->filter->tests.at[node->left];

	test.yes = yes;
	test.no = no;
	compiler->failed |= VEC_PUSH(&compiler->filter->program, test) != 0;
	return (filter_verdict)(compiler->filter->program.n - 1);
}

/* Recursion is as deep as the tree, which has no more nodes than tests. */
static filter_verdict put(struct compiler *compiler, uint32_t index, filter_verdict yes, filter_verdict no)
{
	const struct node *node = &compiler->filter->nodes.at[index];
	uint32_t first = node->left, second = node->right;
	filter_verdict then;

	if (compiler->failed)
		return FILTER_FAILS;
	if (node->type == NODE_TEST)
		return put_test(compiler, node, yes, no);
	if (node->type == NODE_NOT)
		return put(compiler, node->left, no, yes);
	if (compiler->filter->nodes.at[second].source < compiler->filter->nodes.at[first].source) {
		first = node->right;
		second = node->left;
	}
	then = put(compiler, second, yes, no);
	return node->type == NODE_AND ? put(compiler, first, then, no) : put(compiler, first, yes, then);
}

static filter_verdict from_start(const struct filter *filter, filter_verdict verdict)
{
	return filter_is_decided(verdict) ? verdict : (filter_verdict)(filter->program.n - 1 - verdict);
}

static void turn_round(struct filter *filter)
{
	struct test *at = filter->program.at;
	size_t n = filter->program.n;

	for (size_t i = 0; i < n / 2; i++) {
		struct test test = at[i];

		at[i] = at[n - 1 - i];
		at[n - 1 - i] = test;
	}
	for (size_t i = 0; i < n; i++) {
		at[i].yes = from_start(filter, at[i].yes);
		at[i].no = from_start(filter, at[i].no);
	}
}

int filter_compile(struct filter *filter, uint32_t root)
{
	struct compiler compiler = {.filter = filter};
	filter_verdict entry = put(&compiler, root, FILTER_PASSES, FILTER_FAILS);

	if (compiler.failed)
		return -1;
	turn_round(filter);
	filter->entry = from_start(filter, entry);
	filter->source = filter->nodes.at[root].source;
	VEC_FREE(&filter->nodes);
	return 0;
}

const char *filter_text(const struct filter *filter)
{
	return filter->text;
}

enum field_source filter_source(const struct filter *filter)
{
	return filter->source;
}

bool filter_one_verdict(const struct filter *filter, filter_verdict *verdict)
{
	size_t n = 0;

	while (n < filter->program.n && filter->program.at[n].source == FIELD_OF_ACCESS) {
		const struct test *test = &filter->program.at[n++];

		if (test->yes == FILTER_PASSES || test->no == FILTER_PASSES)
			return false;
	}
	*verdict = (filter_verdict)n;
	for (size_t i = 0; i < filter->program.n; i++) {
		const struct test *test = &filter->program.at[i];

		if (i >= n && test->source == FIELD_OF_ACCESS)
			return false;
		/* Those of accesses lead to one test of places only. */
		if (i < n && ((!filter_is_decided(test->yes) && test->yes > n) ||
			      (!filter_is_decided(test->no) && test->no > n)))
			return false;
	}
	return n < filter->program.n;
}

unsigned filter_ops(const struct filter *filter)
{
	unsigned ops = 0;

	for (size_t i = 0; i < filter->tests.n; i++) {
		const struct test *test = &filter->tests.at[i];

		for (unsigned op = 0; op < ACCESS_OPS; op++)
			if (test->field == FIELD_IO_OP && test->type == TEST_IS && !test->is_not &&
			    strcmp(test->text, access_op_name((enum access_op)op)) == 0)
				ops |= 1u << op;
	}
	return ops;
}
