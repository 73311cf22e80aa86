/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FIGURE ( FILTER ) SIGN VALUE: no value has a parenthesis, so the filter ends at the last one. */
#include "analyzer/assertion.h"

#include "query/field.h"

#include <stdlib.h>
#include <string.h>

static const char *const figures[FIGURES] = {"requests", "bytes", "p50", "p90", "p99", "max"};
static const char *const signs[SIGNS] = {"==", "!=", "<=", ">=", "<", ">"};

static size_t skip(const char *text, size_t at)
{
	return at + strspn(text + at, " \t");
}

static int take_figure(struct assertion *assertion, size_t *at, struct err *err)
{
	for (unsigned i = 0; i < FIGURES; i++) {
		size_t len = strlen(figures[i]), next = skip(assertion->text, *at + len);

		if (strncmp(assertion->text + *at, figures[i], len) == 0 && assertion->text[next] == '(') {
			assertion->figure = (enum figure)i;
			*at = next + 1;
			return 0;
		}
	}
	return err_set(err, "expected requests(FILTER), bytes, p50, p90, p99 or max, and then OP VALUE");
}

static int take_filter(struct assertion *assertion, size_t *at, struct err *err)
{
	const char *end = strrchr(assertion->text, ')');
	size_t len, wrong;
	char *filter;
	int status;

	if (end == NULL || end < assertion->text + *at)
		return err_set(err, "expected ')' behind the filter");
	len = (size_t)(end - assertion->text) - *at;
	filter = strndup(assertion->text + *at, len);
	if (filter == NULL)
		return err_nomem(err);
	status = filter_open(&assertion->filter, filter, &wrong, err);
	free(filter);
	*at += status == 0 ? len + 1 : wrong;
	return status;
}

static int take_sign(struct assertion *assertion, size_t *at, struct err *err)
{
	for (unsigned i = 0; i < SIGNS; i++)
		if (strncmp(assertion->text + *at, signs[i], strlen(signs[i])) == 0) {
			assertion->sign = (enum sign)i;
			*at += strlen(signs[i]);
			return 0;
		}
	return err_set(err, "expected ==, !=, <, <=, > or >=");
}

/* "30%", "0.5%": a size of a million is one percent. */
static int take_share(struct assertion *assertion, const char *value, size_t len, struct err *err)
{
	static const struct field percent = {.name = "a percentage", .unit = FIELD_SECONDS};

	if (assertion->figure > FIGURE_BYTES)
		return err_set(err, "a percentage is of requests or of bytes");
	assertion->is_share = true;
	assertion->ops = filter_ops(assertion->filter);
	if (assertion->ops == 0)
		assertion->ops = 1u << ACCESS_WRITE;
	if (strspn(value, "0123456789.") != len - 1 ||
	    field_parse(&percent, value, len - 1, &assertion->value, err) != 0 ||
	    assertion->value % 1000 != 0)
		return err_set(err, "'%s' is no percentage with six decimals at most", value);
	assertion->value /= 1000;
	return 0;
}

static int take_value(struct assertion *assertion, size_t *at, struct err *err)
{
	static const struct field kinds[] = {
	    {.name = "the number of requests", .unit = FIELD_NONE},
	    {.name = "the number of bytes", .unit = FIELD_BYTES},
	    {.name = "a latency", .unit = FIELD_SECONDS},
	};
	const char *value = assertion->text + *at;
	size_t len = strlen(value);
	unsigned kind = assertion->figure < FIGURE_P50 ? assertion->figure : 2;

	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	if (len > 0 && value[len - 1] == '%')
		return take_share(assertion, value, len, err);
	return field_parse(&kinds[kind], value, len, &assertion->value, err);
}

int assertion_parse(struct assertion *assertion, const char *text, size_t *at, struct err *err)
{
	*assertion = (struct assertion){.text = text};
	*at = skip(text, 0);
	if (take_figure(assertion, at, err) != 0 || take_filter(assertion, at, err) != 0)
		return -1;
	*at = skip(text, *at);
	if (take_sign(assertion, at, err) != 0)
		return -1;
	*at = skip(text, *at);
	return take_value(assertion, at, err);
}

void assertion_done(struct assertion *assertion)
{
	filter_close(assertion->filter);
	assertion->filter = NULL;
}
