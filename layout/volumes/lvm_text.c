/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LVM2 metadata text, parsed with libdevmapper's dm_config.  The only file that includes it. */
#include "layout/volumes/lvm.h"

#include <libdevmapper.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
#define ITEMS_MAX 100000

/* dm_config's parser recurses without a bound, so nesting is counted before it may see the text. */
static bool is_shallow(const char *text)
{
	int depth = 0;
	char quote = '\0';

	for (; *text != '\0'; text++) {
		if (quote != '\0') {
			if (*text == '\\' && quote == '"' && text[1] != '\0')
				text++;
			else if (*text == quote)
				quote = '\0';
		} else if (*text == '"' || *text == '\'') {
			quote = *text;
		} else if (*text == '#') {
			text += strcspn(text, "\n");
			if (*text == '\0')
				return depth <= DEPTH_MAX;
		} else if (*text == '{' || *text == '[') {
			if (++depth > DEPTH_MAX)
				return false;
		} else if (*text == '}' || *text == ']') {
			depth--;
		}
	}
	return true;
}

static void no_log(int level, const char *file, int line, int dm_errno, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

static void no_log(int level, const char *file, int line, int dm_errno, const char *fmt, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)dm_errno;
	(void)fmt;
}

/* dm_config looks a key up among the siblings of the node it is given: a section's are its children. */
static uint64_t number(const struct dm_config_node *section, const char *key, uint64_t otherwise)
{
	uint64_t value;

	return dm_config_get_uint64(section->child, key, &value) ? value : otherwise;
}

static char *copy_string(const struct dm_config_node *section, const char *key)
{
	const char *value;

	return dm_config_get_str(section->child, key, &value) ? strdup(value) : NULL;
}

/* A UUID without its dashes. */
static void copy_id(const struct dm_config_node *section, char id[LVM_ID_LEN + 1])
{
	const char *value;
	size_t n = 0;

	if (!dm_config_get_str(section->child, "id", &value))
		return;
	for (; *value != '\0' && n < LVM_ID_LEN; value++)
		if (*value != '-')
			id[n++] = *value;
}

static bool has_status(const struct dm_config_node *section, const char *word)
{
	const struct dm_config_node *node = dm_config_find_node(section->child, "status");

	for (const struct dm_config_value *v = node ? node->v : NULL; v != NULL; v = v->next)
		if (v->type == DM_CFG_STRING && strcmp(v->v.str, word) == 0)
			return true;
	return false;
}

static int add_area(struct lvm_text_segment *segment, const char *name, uint64_t extent)
{
	struct lvm_text_area area = {.name = strdup(name), .extent = extent};

	if (area.name != NULL && segment->areas.n < ITEMS_MAX && VEC_PUSH(&segment->areas, area) == 0)
		return 0;
	free(area.name);
	return -1;
}

static int add_meta(struct lvm_text_segment *segment, const char *name, enum kind kind)
{
	struct lvm_text_area area = {.name = strdup(name), .kind = kind};

	if (area.name != NULL && segment->metas.n < ITEMS_MAX && VEC_PUSH(&segment->metas, area) == 0)
		return 0;
	free(area.name);
	return -1;
}

/* "stripes" and "mirrors": name, extent, name, extent ... */
static int read_pairs(struct lvm_text_segment *segment, const struct dm_config_value *v)
{
	for (; v != NULL && v->next != NULL; v = v->next->next) {
		if (v->type != DM_CFG_STRING || v->next->type != DM_CFG_INT || v->next->v.i < 0)
			return -1;
		if (add_area(segment, v->v.str, (uint64_t)v->next->v.i) != 0)
			return -1;
	}
	return 0;
}

/* "raids": metadata volume, data volume, ...; "raid0_lvs": data volumes alone. */
static int read_volumes(struct lvm_text_segment *segment, const struct dm_config_value *v, bool with_metas)
{
	for (; v != NULL; v = v->next) {
		if (v->type != DM_CFG_STRING)
			return -1;
		if (with_metas) {
			if (add_meta(segment, v->v.str, KIND_LVM_RAID_METADATA) != 0)
				return -1;
			v = v->next;
			if (v == NULL || v->type != DM_CFG_STRING)
				return -1;
		}
		if (add_area(segment, v->v.str, 0) != 0)
			return -1;
	}
	return 0;
}

/* Volumes that are named by a key of their own. */
static int read_helpers(struct lvm_text_segment *segment, const struct dm_config_node *section)
{
	static const struct {
		const char *type, *key;
		enum kind kind;
	} helpers[] = {
	    {"cache", "cache_pool", KIND_LVM_CACHE},
	    {"cache-pool", "data", KIND_LVM_CACHE},
	    {"cache-pool", "metadata", KIND_LVM_CACHE},
	    {"writecache", "writecache", KIND_LVM_CACHE},
	    {"integrity", "meta_dev", KIND_LVM_RAID_METADATA},
	    {"snapshot", "cow_store", KIND_OPAQUE},
	    {"thin-pool", "pool", KIND_LVM_THIN_FREE},
	    {"thin-pool", "metadata", KIND_LVM_THIN_METADATA},
	};
	const char *name;

	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		if (strcmp(helpers[i].type, segment->type) == 0 &&
		    dm_config_get_str(section->child, helpers[i].key, &name) &&
		    add_meta(segment, name, helpers[i].kind) != 0)
			return -1;
	return 0;
}

/* Volumes that lie as a whole in another one. */
static bool has_origin(const struct lvm_text_segment *segment)
{
	return strcmp(segment->type, "cache") == 0 || strcmp(segment->type, "writecache") == 0 ||
	       strcmp(segment->type, "integrity") == 0;
}

static int read_thin(struct lvm_text_segment *segment, const struct dm_config_node *section)
{
	segment->device_id = number(section, "device_id", 0);
	if (strcmp(segment->type, "thin") == 0) {
		segment->thin_pool = copy_string(section, "thin_pool");
		segment->external_origin = copy_string(section, "external_origin");
		return segment->thin_pool ? 0 : -1;
	}
	if (strcmp(segment->type, "thin-pool") != 0)
		return 0;
	segment->thin_metadata = copy_string(section, "metadata");
	segment->thin_data = copy_string(section, "pool");
	segment->stripe_size = number(section, "chunk_size", 0);
	return segment->thin_metadata && segment->thin_data ? 0 : -1;
}

static int read_areas(struct lvm_text_segment *segment, const struct dm_config_node *section)
{
	const struct dm_config_node *node;
	const char *log;

	if (read_helpers(segment, section) != 0 || read_thin(segment, section) != 0)
		return -1;
	if (has_origin(segment) && dm_config_get_str(section->child, "origin", &log))
		return add_area(segment, log, 0);
	if ((node = dm_config_find_node(section->child, "stripes")) != NULL)
		return read_pairs(segment, node->v);
	if ((node = dm_config_find_node(section->child, "mirrors")) != NULL) {
		if (dm_config_get_str(section->child, "mirror_log", &log) &&
		    add_meta(segment, log, KIND_LVM_RAID_METADATA) != 0)
			return -1;
		return read_pairs(segment, node->v);
	}
	if ((node = dm_config_find_node(section->child, "raids")) != NULL) {
		/* The images have this number too, but nothing moves in them. */
		segment->reshape_count = number(section, "reshape_count", 0);
		return read_volumes(segment, node->v, true);
	}
	if ((node = dm_config_find_node(section->child, "raid0_lvs")) != NULL)
		return read_volumes(segment, node->v, false);
	return 0;
}

static int read_segment(struct lvm_text_lv *lv, const struct dm_config_node *section)
{
	struct lvm_text_segment segment = {
	    .start_extent = number(section, "start_extent", 0),
	    .extent_count = number(section, "extent_count", 0),
	    .stripe_size = number(section, "stripe_size", 0),
	    .copies = number(section, "data_copies", 2),
	    .type = copy_string(section, "type"),
	};

	if (segment.type == NULL)
		segment.type = strdup("striped");
	if (segment.type == NULL)
		return -1;
	segment.type[strcspn(segment.type, "+")] = '\0';
	/* Given to the volume first, which frees it whatever happens next. */
	if (lv->segments.n >= ITEMS_MAX || VEC_PUSH(&lv->segments, segment) != 0) {
		free(segment.type);
		return -1;
	}
	return read_areas(&lv->segments.at[lv->segments.n - 1], section);
}

static int read_lv(struct lvm_text *text, const struct dm_config_node *section)
{
	struct lvm_text_lv lv = {.name = strdup(section->key), .visible = has_status(section, "VISIBLE")};

	if (lv.name == NULL || text->lvs.n >= ITEMS_MAX || VEC_PUSH(&text->lvs, lv) != 0) {
		free(lv.name);
		return -1;
	}
	for (const struct dm_config_node *n = section->child; n != NULL; n = n->sib)
		if (n->v == NULL && strncmp(n->key, "segment", 7) == 0 &&
		    read_segment(&text->lvs.at[text->lvs.n - 1], n) != 0)
			return -1;
	return 0;
}

static int read_pv(struct lvm_text *text, const struct dm_config_node *section)
{
	struct lvm_text_pv pv = {
	    .name = strdup(section->key),
	    .pe_start = number(section, "pe_start", 0),
	    .pe_count = number(section, "pe_count", 0),
	    .dev_size = number(section, "dev_size", 0),
	};

	copy_id(section, pv.id);
	if (pv.name != NULL && text->pvs.n < ITEMS_MAX && VEC_PUSH(&text->pvs, pv) == 0)
		return 0;
	free(pv.name);
	return -1;
}

static int read_sections(struct lvm_text *text, const struct dm_config_node *vg, const char *key,
			 int (*read)(struct lvm_text *text, const struct dm_config_node *section))
{
	const struct dm_config_node *list = dm_config_find_node(vg->child, key);

	for (const struct dm_config_node *n = list ? list->child : NULL; n != NULL; n = n->sib)
		if (n->v == NULL && read(text, n) != 0)
			return -1;
	return 0;
}

/* The section that is the volume group: the only one at the top. */
static const struct dm_config_node *find_vg(const struct dm_config_tree *tree)
{
	for (const struct dm_config_node *n = tree->root; n != NULL; n = n->sib)
		if (n->v == NULL && n->child != NULL)
			return n;
	return NULL;
}

static int read_vg(struct lvm_text *text, const struct dm_config_node *vg, struct err *err)
{
	text->name = strdup(vg->key);
	text->seqno = number(vg, "seqno", 0);
	text->extent_size = number(vg, "extent_size", 0);
	copy_id(vg, text->id);
	if (text->name == NULL)
		return err_nomem(err);
	if (text->extent_size == 0 || text->extent_size > UINT64_C(1) << 40)
		return err_set(err, "metadata text without a usable extent_size");
	if (read_sections(text, vg, "physical_volumes", read_pv) != 0 ||
	    read_sections(text, vg, "logical_volumes", read_lv) != 0)
		return err_set(err, "metadata text has a volume that cannot be read");
	return 0;
}

struct lvm_text *lvm_text_parse(const char *bytes, struct err *err)
{
	const struct dm_config_node *vg;
	struct dm_config_tree *tree;
	struct lvm_text *text;
	int result = -1;

	if (!is_shallow(bytes)) {
		err_set(err, "metadata text is nested more than %d deep", DEPTH_MAX);
		return NULL;
	}
	dm_log_with_errno_init(no_log);
	/* As LVM itself does: the check for double keys looks at all others for each one. */
	tree = dm_config_create();
	if (tree != NULL && !dm_config_parse_without_dup_node_check(tree, bytes, bytes + strlen(bytes))) {
		dm_config_destroy(tree);
		tree = NULL;
	}
	text = calloc(1, sizeof(*text));
	vg = tree ? find_vg(tree) : NULL;
	if (text == NULL)
		err_nomem(err);
	else if (vg == NULL)
		err_set(err, "metadata text holds no volume group");
	else
		result = read_vg(text, vg, err);
	if (tree != NULL)
		dm_config_destroy(tree);
	if (result == 0)
		return text;
	lvm_text_free(text);
	return NULL;
}

static void free_segment(struct lvm_text_segment *segment)
{
	for (size_t i = 0; i < segment->areas.n; i++)
		free(segment->areas.at[i].name);
	VEC_FREE(&segment->areas);
	for (size_t i = 0; i < segment->metas.n; i++)
		free(segment->metas.at[i].name);
	VEC_FREE(&segment->metas);
	free(segment->thin_pool);
	free(segment->external_origin);
	free(segment->thin_metadata);
	free(segment->thin_data);
	free(segment->type);
}

void lvm_text_free(struct lvm_text *text)
{
	if (text == NULL)
		return;
	for (size_t i = 0; i < text->pvs.n; i++)
		free(text->pvs.at[i].name);
	VEC_FREE(&text->pvs);
	for (size_t i = 0; i < text->lvs.n; i++) {
		struct lvm_text_lv *lv = &text->lvs.at[i];

		for (size_t j = 0; j < lv->segments.n; j++)
			free_segment(&lv->segments.at[j]);
		VEC_FREE(&lv->segments);
		free(lv->name);
	}
	VEC_FREE(&text->lvs);
	free(text->name);
	free(text);
}
