/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the page together from viz/page.html, .css and .js, which the Makefile turned into bytes, the data
   and the still picture.  The content security policy allows that script and that style by their hashes and
   nothing else: no network, no other script, whatever a name on the disk looks like. */
#include "viz/page.h"

#include "viz/page_parts.h"
#include "viz/svg.h"

#include <string.h>

static void add_policy(struct text *out)
{
	text_printf(out,
		    "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; base-uri 'none'; "
		    "form-action 'none'",
		    page_js_hash, page_css_hash);
}

struct parts {
	const struct scene *scene;
	const struct source *source;
	const char *data;
};

static void add_part(struct text *out, const char *mark, size_t len, const struct parts *parts)
{
	if (strncmp(mark, "POLICY", len) == 0)
		add_policy(out);
	else if (strncmp(mark, "TITLE", len) == 0)
		xml_escape(out, parts->scene->title.at ? parts->scene->title.at : "");
	else if (strncmp(mark, "SUMMARY", len) == 0)
		xml_escape(out, parts->scene->summary.at ? parts->scene->summary.at : "");
	else if (strncmp(mark, "PROGRAM", len) == 0)
		xml_escape(out, parts->source->program);
	else if (strncmp(mark, "STYLE", len) == 0)
		text_add(out, page_css, page_css_len);
	else if (strncmp(mark, "SCRIPT", len) == 0)
		text_add(out, page_js, page_js_len);
	else if (strncmp(mark, "DATA", len) == 0)
		text_str(out, parts->data);
	else if (strncmp(mark, "PICTURE", len) == 0)
		svg_element(out, parts->scene);
}

/* The template, with each {{MARK}} replaced. */
static void fill(struct text *out, const struct parts *parts)
{
	const char *at = page_html, *end = at + page_html_len;

	while (at < end) {
		const char *mark = memmem(at, (size_t)(end - at), "{{", 2);
		const char *close = mark ? memmem(mark, (size_t)(end - mark), "}}", 2) : NULL;

		if (close == NULL) {
			text_add(out, at, (size_t)(end - at));
			return;
		}
		text_add(out, at, (size_t)(mark - at));
		add_part(out, mark + 2, (size_t)(close - mark - 2), parts);
		at = close + 2;
	}
}

int write_page(struct text *out, const struct picture *picture, const struct scene *scene,
	       const struct source *source, const char *const *notes, size_t nnotes, struct err *err)
{
	struct text data = {0};
	struct parts parts = {.scene = scene, .source = source};
	int status = page_data(&data, picture, notes, nnotes, err);

	parts.data = data.at ? data.at : "{}";
	if (status == 0)
		fill(out, &parts);
	text_free(&data);
	return status == 0 && out->short_of_memory ? err_nomem(err) : status;
}
