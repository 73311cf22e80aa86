/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the text to the tree:

     or      and { "||" and }
     and     not { "&&" not }
     not     "!" not | "(" or ")" | test
     test    FIELD [ COMPARISON value | "in" range | "in" "{" range { "," range } "}"
                     | "contains" text | "matches" text ]  |  WORD
     range   value [ ".." [ value ] ] | ".." value */
#include "base/text.h"
#include "query/filter_private.h"

#include <stdlib.h>
#include <string.h>

struct parser {
	struct filter *filter;
	const char *text;
	size_t at; /* behind the token */
	struct token token;
	size_t wrong; /* where, after an error */
	unsigned depth;
	struct err *err;
};

/* All of these return 0 or -1 with parser->wrong and the error set. */

static int wrong_at(struct parser *parser, size_t at)
{
	parser->wrong = at;
	return -1;
}

static int wrong_here(struct parser *parser, const char *expected)
{
	err_set(parser->err, "expected %s%s", expected,
		parser->token.type == TOKEN_END ? " and not the end" : "");
	return wrong_at(parser, parser->token.at);
}

static int step(struct parser *parser)
{
	size_t at = parser->at;

	if (token_next(parser->text, &at, &parser->token, parser->err) != 0)
		return wrong_at(parser, at);
	parser->at = at;
	return 0;
}

static int no_memory(struct parser *parser)
{
	err_nomem(parser->err);
	return wrong_at(parser, parser->token.at);
}

static int add_node(struct parser *parser, struct node node, uint32_t *index)
{
	*index = (uint32_t)parser->filter->nodes.n;
	return VEC_PUSH(&parser->filter->nodes, node) == 0 ? 0 : no_memory(parser);
}

static enum field_source source_of(const struct parser *parser, uint32_t node)
{
	return parser->filter->nodes.at[node].source;
}

static int add_pair(struct parser *parser, enum node_type type, uint32_t right, uint32_t *left)
{
	struct node node = {type, source_of(parser, *left), *left, right};

	if (source_of(parser, right) > node.source)
		node.source = source_of(parser, right);
	return add_node(parser, node, left);
}

/* The test's text and pattern go to the filter, whatever happens. */
static int add_test(struct parser *parser, struct test test, uint32_t *index)
{
	struct node node = {NODE_TEST, test.source, (uint32_t)parser->filter->tests.n, 0};

	if (parser->filter->tests.n == FILTER_TESTS_MAX || VEC_PUSH(&parser->filter->tests, test) != 0) {
		free(test.text);
		pattern_close(test.pattern);
		if (parser->filter->tests.n < FILTER_TESTS_MAX)
			return no_memory(parser);
		err_set(parser->err, "there are more than %d tests", FILTER_TESTS_MAX);
		return wrong_at(parser, parser->token.at);
	}
	return add_node(parser, node, index);
}

/* --- values --- */

static const char *token_text(const struct parser *parser, size_t *len)
{
	bool quoted = parser->token.type == TOKEN_STRING;

	*len = quoted ? parser->token.value.n : parser->token.len;
	return quoted ? parser->token.value.at : parser->text + parser->token.at;
}

/* Where a word may stand, those of the grammar may too: a file can be called "in". */
static bool is_word(const struct parser *parser)
{
	char first = parser->text[parser->token.at];

	return parser->token.type == TOKEN_STRING || parser->token.type == TOKEN_WORD ||
	       (parser->token.type > TOKEN_COMMA && first >= 'a' && first <= 'z');
}

/* An unquoted field's name is taken for a mistake, not for a text. */
static int take_text(struct parser *parser, struct test *test)
{
	const char *text;
	size_t len;

	if (!is_word(parser))
		return wrong_here(parser, "a text");
	text = token_text(parser, &len);
	if (parser->token.type == TOKEN_WORD && field_find(text, len) != FIELDS) {
		err_set(parser->err, "a field stands to the left of a comparison; put a text into quotes");
		return wrong_at(parser, parser->token.at);
	}
	test->text = malloc(len + 1);
	if (test->text == NULL)
		return no_memory(parser);
	memcpy(test->text, text, len);
	test->text[len] = '\0';
	test->len = len;
	return 0;
}

static int take_number(struct parser *parser, enum field_id field, int64_t *number)
{
	const char *text;
	size_t len;

	if (!is_word(parser))
		return wrong_here(parser, "a number");
	text = token_text(parser, &len);
	if (fields[field].type == FIELD_FLAG &&
	    ((len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0))) {
		*number = len == 4;
		return 0;
	}
	return field_parse(&fields[field], text, len, number, parser->err) == 0
		   ? 0
		   : wrong_at(parser, parser->token.at);
}

/* --- comparisons --- */

static struct test blank_test(enum field_id field)
{
	return (struct test){.type = TEST_HAS,
			     .field = field,
			     .source = fields[field].source,
			     .low = INT64_MIN,
			     .high = INT64_MAX};
}

static void set_bounds(struct test *test, enum token_type comparison, int64_t number)
{
	test->type = TEST_RANGE;
	test->is_not = comparison == TOKEN_UNEQUAL;
	if (comparison == TOKEN_EQUAL || comparison == TOKEN_UNEQUAL)
		test->low = test->high = number;
	else if (comparison == TOKEN_AT_MOST || comparison == TOKEN_LESS)
		test->high = number;
	else
		test->low = number;
	/* No number of the program lies at the ends of these 64 bits. */
	test->high -= comparison == TOKEN_LESS;
	test->low += comparison == TOKEN_MORE;
}

static int refuse(struct parser *parser, const struct token *token, enum field_id field, const char *what)
{
	err_set(parser->err, "%s is a %s: %s", fields[field].name,
		fields[field].type == FIELD_WORDS ? "list of words" : field_type_name(fields[field].type),
		what);
	return wrong_at(parser, token->at);
}

static int compare_text(struct parser *parser, struct test *test, const struct token *sign)
{
	if (sign->type != TOKEN_EQUAL && sign->type != TOKEN_UNEQUAL)
		return refuse(parser, sign, test->field,
			      "it has no order, only ==, !=, in, contains and matches");
	test->type = TEST_IS;
	test->is_not = sign->type == TOKEN_UNEQUAL;
	return take_text(parser, test);
}

static int compare_number(struct parser *parser, struct test *test, const struct token *sign)
{
	int64_t number = 0;

	if (take_number(parser, test->field, &number) != 0)
		return -1;
	set_bounds(test, sign->type, number);
	return 0;
}

static int take_pattern(struct parser *parser, struct test *test)
{
	size_t at;

	test->type = TEST_MATCHES;
	if (take_text(parser, test) != 0)
		return -1;
	if (pattern_open(&test->pattern, test->text, test->len, &at, parser->err) == 0)
		return 0;
	return wrong_at(parser, parser->token.at + at + (parser->token.type == TOKEN_STRING));
}

/* What follows the sign of a comparison; the token behind it is next then. */
static int take_operand(struct parser *parser, struct test *test, const struct token *sign)
{
	int status;

	if (sign->type == TOKEN_MATCHES || sign->type == TOKEN_CONTAINS) {
		if (field_is_number(test->field))
			return refuse(parser, sign, test->field, "only texts contain and match");
		test->type = TEST_CONTAINS;
		status = sign->type == TOKEN_MATCHES ? take_pattern(parser, test) : take_text(parser, test);
	} else {
		status = field_is_number(test->field) ? compare_number(parser, test, sign)
						      : compare_text(parser, test, sign);
	}
	return status == 0 ? step(parser) : -1;
}

/* --- in --- */

static bool ends_range(const struct parser *parser)
{
	return !is_word(parser);
}

static int take_range(struct parser *parser, struct test *test)
{
	bool has_low = !ends_range(parser);

	test->type = TEST_RANGE;
	if (has_low && (take_number(parser, test->field, &test->low) != 0 || step(parser) != 0))
		return -1;
	if (parser->token.type != TOKEN_RANGE) {
		test->high = test->low;
		return has_low ? 0 : wrong_here(parser, "a number or a range");
	}
	if (step(parser) != 0)
		return -1;
	if (ends_range(parser))
		return has_low ? 0 : wrong_here(parser, "a number");
	if (take_number(parser, test->field, &test->high) != 0)
		return -1;
	if (test->high < test->low) {
		err_set(parser->err, "the range ends before it begins");
		return wrong_at(parser, parser->token.at);
	}
	return step(parser);
}

static int take_member(struct parser *parser, enum field_id field, uint32_t *node)
{
	struct test test = blank_test(field);
	int status;

	if (field_is_number(field)) {
		status = take_range(parser, &test);
	} else {
		test.type = TEST_IS;
		status = take_text(parser, &test);
		if (status == 0)
			status = step(parser);
		if (status == 0 && parser->token.type == TOKEN_RANGE)
			status = refuse(parser, &parser->token, field, "it has no ranges");
	}
	if (status == 0)
		return add_test(parser, test, node);
	free(test.text);
	return -1;
}

/* One member, or several in braces, of which each is a test. */
static int take_members(struct parser *parser, enum field_id field, uint32_t *node)
{
	uint32_t more;

	if (parser->token.type != TOKEN_BRACE)
		return take_member(parser, field, node);
	if (step(parser) != 0 || take_member(parser, field, node) != 0)
		return -1;
	while (parser->token.type == TOKEN_COMMA) {
		if (step(parser) != 0 || take_member(parser, field, &more) != 0 ||
		    add_pair(parser, NODE_OR, more, node) != 0)
			return -1;
	}
	return parser->token.type == TOKEN_UNBRACE ? step(parser) : wrong_here(parser, "',' or '}'");
}

/* --- tests --- */

static bool is_comparison(enum token_type type)
{
	return type >= TOKEN_EQUAL;
}

static int take_test(struct parser *parser, enum field_id field, uint32_t *node)
{
	struct test test = blank_test(field);
	struct token sign;

	if (step(parser) != 0)
		return -1;
	sign = (struct token){parser->token.type, parser->token.at, parser->token.len, {0}};
	if (!is_comparison(sign.type))
		return add_test(parser, test, node);
	if (step(parser) != 0)
		return -1;
	if (sign.type == TOKEN_IN)
		return take_members(parser, field, node);
	if (take_operand(parser, &test, &sign) == 0)
		return add_test(parser, test, node);
	free(test.text);
	pattern_close(test.pattern);
	return -1;
}

/* "io.latenc" is no word that somebody looks for. */
static bool looks_like_field(const char *text, size_t len)
{
	const char *dot = memchr(text, '.', len);

	for (unsigned id = 0; dot != NULL && id < FIELDS; id++)
		if (strncmp(fields[id].name, text, (size_t)(dot - text) + 1) == 0)
			return true;
	return false;
}

static int no_field(struct parser *parser, size_t at, const char *text, size_t len)
{
	const struct field *near = field_near(text, len);

	err_set(parser->err, "'%.*s' is no field%s%s%s", (int)(len < 80 ? len : 80), text,
		near != NULL ? "; is it " : " (blkmap dump -G fields lists them)",
		near != NULL ? near->name : "", near != NULL ? "?" : "");
	return wrong_at(parser, at);
}

static int take_search(struct parser *parser, uint32_t *node)
{
	struct test test = {.type = TEST_SEARCH, .field = FIELDS, .source = FIELD_OF_PATH};
	size_t at = parser->token.at, len;
	const char *text = token_text(parser, &len);

	if (parser->token.type == TOKEN_WORD && looks_like_field(text, len))
		return no_field(parser, at, text, len);
	if (len == 0)
		return wrong_here(parser, "a word that is not empty");
	if (take_text(parser, &test) != 0)
		return -1;
	if (step(parser) == 0 && !is_comparison(parser->token.type))
		return add_test(parser, test, node);
	if (is_comparison(parser->token.type))
		no_field(parser, at, test.text, test.len);
	free(test.text);
	return -1;
}

static int parse_or(struct parser *parser, uint32_t *node);

static int take_group(struct parser *parser, uint32_t *node)
{
	size_t at = parser->token.at;

	if (step(parser) != 0 || parse_or(parser, node) != 0)
		return -1;
	if (parser->token.type == TOKEN_CLOSE)
		return step(parser);
	if (parser->token.type != TOKEN_END)
		return wrong_here(parser, "&&, || or ')'");
	err_set(parser->err, "this parenthesis has no end");
	return wrong_at(parser, at);
}

static int take_operand_of_not(struct parser *parser, uint32_t *node)
{
	enum field_id field = FIELDS;

	if (parser->token.type == TOKEN_OPEN)
		return take_group(parser, node);
	if (parser->token.type == TOKEN_WORD)
		field = field_find(parser->text + parser->token.at, parser->token.len);
	if (field != FIELDS)
		return take_test(parser, field, node);
	if (parser->token.type == TOKEN_WORD || parser->token.type == TOKEN_STRING)
		return take_search(parser, node);
	return wrong_here(parser, "a field, a word or '('");
}

static int parse_not(struct parser *parser, uint32_t *node)
{
	unsigned nots = 0;

	while (parser->token.type == TOKEN_NOT) {
		nots++;
		if (step(parser) != 0)
			return -1;
	}
	if (take_operand_of_not(parser, node) != 0)
		return -1;
	if (nots % 2 == 0)
		return 0;
	return add_node(parser, (struct node){NODE_NOT, source_of(parser, *node), *node, 0}, node);
}

static int parse_and(struct parser *parser, uint32_t *node)
{
	uint32_t right;

	if (parse_not(parser, node) != 0)
		return -1;
	while (parser->token.type == TOKEN_AND)
		if (step(parser) != 0 || parse_not(parser, &right) != 0 ||
		    add_pair(parser, NODE_AND, right, node) != 0)
			return -1;
	return 0;
}

static int parse_or(struct parser *parser, uint32_t *node)
{
	uint32_t right;

	if (++parser->depth > FILTER_DEPTH_MAX)
		return wrong_here(parser, "fewer parentheses");
	if (parse_and(parser, node) != 0)
		return -1;
	while (parser->token.type == TOKEN_OR)
		if (step(parser) != 0 || parse_and(parser, &right) != 0 ||
		    add_pair(parser, NODE_OR, right, node) != 0)
			return -1;
	parser->depth--;
	return 0;
}

static int parse(struct parser *parser)
{
	uint32_t root;

	if (step(parser) != 0 || parse_or(parser, &root) != 0)
		return -1;
	if (parser->token.type != TOKEN_END)
		return wrong_here(parser, "&& or ||");
	return filter_compile(parser->filter, root) == 0 ? 0 : no_memory(parser);
}

int filter_open(struct filter **filter, const char *text, size_t *at, struct err *err)
{
	struct parser parser = {.text = text, .err = err};
	int status;

	*at = 0;
	*filter = NULL;
	if (strlen(text) > FILTER_LEN_MAX)
		return err_set(err, "is longer than %d bytes", FILTER_LEN_MAX);
	parser.filter = calloc(1, sizeof(*parser.filter));
	if (parser.filter == NULL)
		return err_nomem(err);
	parser.filter->text = strdup(text);
	status = parser.filter->text != NULL ? parse(&parser) : err_nomem(err);
	text_free(&parser.token.value);
	*at = parser.wrong;
	if (status == 0)
		*filter = parser.filter;
	else
		filter_close(parser.filter);
	return status;
}

void filter_close(struct filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->tests.n; i++) {
		free(filter->tests.at[i].text);
		pattern_close(filter->tests.at[i].pattern);
	}
	VEC_FREE(&filter->tests);
	VEC_FREE(&filter->nodes);
	VEC_FREE(&filter->program);
	free(filter->text);
	free(filter);
}
