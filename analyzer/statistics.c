/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of statistics. */
#include "analyzer/latency.h"
#include "analyzer/asked.h"
#include "analyzer/statistic.h"

#include <stdlib.h>
#include <string.h>

const struct statistic *const statistics[] = {
    &statistic_usage,   &statistic_alignment, &statistic_heat,        &statistic_latency, &statistic_io,
    &statistic_tx,      &statistic_home,      &statistic_amp,         &statistic_size,    &statistic_seq,
    &statistic_rewrite, &statistic_first,     &statistic_working_set, &statistic_torn,    NULL,
};

const struct statistic *statistic_named(const char *name)
{
	for (size_t i = 0; statistics[i] != NULL; i++)
		if (strcmp(statistics[i]->name, name) == 0)
			return statistics[i];
	return NULL;
}

/* A copy with the question behind it, in one piece. */
static struct statistic *copy(const struct statistic *row, const char *question)
{
	size_t len = strlen(question) + 1;
	struct statistic *asked = malloc(sizeof(*asked) + len);
	char *own = (char *)(asked + 1);

	if (asked == NULL)
		return NULL;
	memcpy(asked, row, sizeof(*asked));
	memcpy(own, question, len);
	asked->question = own;
	asked->arguments = own + strlen(row->name) + 1;
	asked->row = row;
	return asked;
}

const struct statistic *statistic_ask(const char *question, struct err *err)
{
	const char *comma = strchr(question, ',');
	size_t len = comma != NULL ? (size_t)(comma - question) : strlen(question);
	const struct statistic *row = NULL;

	for (size_t i = 0; statistics[i] != NULL && row == NULL; i++)
		if (strlen(statistics[i]->name) == len && memcmp(statistics[i]->name, question, len) == 0)
			row = statistics[i];
	if (row == NULL) {
		err_set(err, "'%.*s' is no statistic", (int)(len < 60 ? len : 60), question);
		return NULL;
	}
	if (row->check != NULL ? row->check(comma != NULL ? comma + 1 : "", err) != 0 : comma != NULL) {
		if (row->check == NULL)
			err_set(err, "%s takes no ',%.60s'", row->name, comma + 1);
		return NULL;
	}
	if (comma == NULL)
		return row;
	row = copy(row, question);
	if (row == NULL)
		err_nomem(err);
	return row;
}

void statistic_unask(const struct statistic *asked)
{
	if (asked != NULL && asked->row != NULL)
		free((void *)asked);
}

bool statistic_same(const struct statistic *a, const struct statistic *b)
{
	return statistic_row(a) == statistic_row(b) &&
	       strcmp(statistic_question(a), statistic_question(b)) == 0;
}
