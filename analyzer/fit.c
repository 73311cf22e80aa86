/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of the proofs. */
#include "analyzer/fit.h"

#include "analyzer/fit_private.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fit_proof_name(enum fit_proof proof)
{
	static const char *const names[] = {"none", "size", "recorded", "remap"};

	return names[proof];
}

static int add_warning(struct fit *fit, char *text, struct err *err)
{
	if (text != NULL && VEC_PUSH(&fit->warnings, text) == 0)
		return 0;
	free(text);
	return err_nomem(err);
}

int fit_warn(struct fit *fit, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return add_warning(fit, text, err);
}

void fit_none(struct fit *fit, const struct map *map)
{
	*fit = (struct fit){.base = map_disk(map)};
}

void fit_done(struct fit *fit)
{
	for (size_t i = 0; i < fit->warnings.n; i++)
		free(fit->warnings.at[i]);
	VEC_FREE(&fit->warnings);
	free(fit->derived);
	fit->derived = NULL;
}

const char *fitting_device(const struct fitting *fitting)
{
	const struct names *devices = &fitting->trace->devices;

	return fitting->trace->chosen < devices->n ? devices->at[fitting->trace->chosen] : "";
}

int fitting_contradicts(struct fitting *fitting, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int status;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (fitting->options->force || text == NULL)
		return add_warning(fitting->fit, text, err);
	status = err_set(err, "%.420s; --force goes on all the same", text);
	free(text);
	return status;
}

static int name_candidates(const struct space *const *candidates, size_t n, const char *why, struct err *err)
{
	struct text list = {0};

	for (size_t i = 0; i < n && list.n < 200; i++)
		text_printf(&list, "%s%s", i > 0 ? ", " : "", candidates[i]->name);
	err_set(err, "%s fits several devices of the disk: %s; --relative-to says which", why,
		list.at ? list.at : "");
	text_free(&list);
	return -1;
}

int fitting_choose(struct fitting *fitting, const struct space *const *candidates, size_t n, const char *why,
		   struct err *err)
{
	struct fit *fit = fitting->fit;

	if (n > 1)
		return name_candidates(candidates, n, why, err);
	fit->base = candidates[0];
	if (asprintf(&fit->derived, "read as --relative-to %s: %s; --relative-to disk overrules",
		     candidates[0]->name, why) >= 0)
		return 0;
	fit->derived = NULL;
	return err_nomem(err);
}

int fit_find(struct fit *fit, const struct map *map, const struct trace *trace,
	     const struct fit_options *options, struct err *err)
{
	struct fitting fitting = {fit, map, trace, options};
	int got;

	fit_none(fit, map);
	if (options->told != NULL)
		fit->base = options->told;
	got = fit_remaps(&fitting, err);
	if (got != 0)
		return got < 0 ? -1 : 0;
	return fit_sizes(&fitting, err) != 0 ? -1 : fit_named(&fitting, err);
}
