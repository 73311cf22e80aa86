/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How each statistic is shown, in a file of its own. */
#ifndef REPORTS_SHOWN_H
#define REPORTS_SHOWN_H

#include "analyzer/results.h"
#include "base/text.h"
#include "reports/report.h"

/* Where a document goes. */
struct json_sink {
	struct text *out;
	report_flush *flush; /* or NULL */
	int status;
};

/* Passes a text on and leaves it empty. */
void sink_put(struct json_sink *sink, struct text *text);

/* Begins the i-th item of a list. */
void json_item(struct text *out, size_t i);

struct shown {
	const struct statistic *statistic;
	bool in_report; /* of `analyze`, when nothing else is asked for; others are asked for by -z */
	/* Tables, each behind an empty line; 0, or -1. `asked` is the one that is shown: there may be several of
	   a statistic. */
	int (*text)(struct text *out, const struct results *results, const struct statistic *asked,
		    unsigned width, struct err *err);
	/* Members of the document, each with a comma and a line end behind it; of those that are asked for,
	   one member of "statistics" with nothing behind it. */
	void (*json)(struct json_sink *sink, const struct results *results, const struct statistic *asked);
};

/* In the order in which they are shown; the last is NULL. */
extern const struct shown *const shown[];

int usage_text(struct text *out, const struct results *results, const struct statistic *asked, unsigned width,
	       struct err *err);
void usage_json(struct json_sink *sink, const struct results *results, const struct statistic *asked);
int alignment_text(struct text *out, const struct results *results, const struct statistic *asked,
		   unsigned width, struct err *err);
void alignment_json(struct json_sink *sink, const struct results *results, const struct statistic *asked);

/* Of all that count into a ledger (analyzer/ledger.h). */
int ledger_text(struct text *out, const struct results *results, const struct statistic *asked,
		unsigned width, struct err *err);
void ledger_json(struct json_sink *sink, const struct results *results, const struct statistic *asked);

#endif
