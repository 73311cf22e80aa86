/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viz/page.html, page.css and the script (page_*.js) as bytes, and the hashes (base64 of SHA-256) of the last two.  The
   Makefile writes the file that defines them. */
#ifndef VIZ_PAGE_PARTS_H
#define VIZ_PAGE_PARTS_H

#include <stddef.h>

extern const char page_html[], page_css[], page_js[];
extern const size_t page_html_len, page_css_len, page_js_len;
extern const char page_css_hash[], page_js_hash[];

#endif
