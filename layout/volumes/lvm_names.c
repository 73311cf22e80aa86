/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The volumes and PVs of a group by name.  A group may have thousands of each. */
#include "layout/volumes/lvm.h"

#include <stdlib.h>
#include <string.h>

struct lvm_name {
	const char *name;
	size_t index;
};

/* Of several with the same name, the first comes first. */
static int compare_names(const void *left, const void *right)
{
	const struct lvm_name *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order != 0 ? order : a->index < b->index ? -1 : a->index > b->index;
}

int lvm_names_sort(struct lvm_assembly *as, struct err *err)
{
	size_t nlvs = as->text->lvs.n, npvs = as->text->pvs.n;

	as->lv_names = calloc(nlvs + 1, sizeof(*as->lv_names));
	as->pv_names = calloc(npvs + 1, sizeof(*as->pv_names));
	if (as->lv_names == NULL || as->pv_names == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < nlvs; i++)
		as->lv_names[i] = (struct lvm_name){as->text->lvs.at[i].name, i};
	for (size_t i = 0; i < npvs; i++)
		as->pv_names[i] = (struct lvm_name){as->text->pvs.at[i].name, i};
	qsort(as->lv_names, nlvs, sizeof(*as->lv_names), compare_names);
	qsort(as->pv_names, npvs, sizeof(*as->pv_names), compare_names);
	return 0;
}

/* The first entry that is not before the name, if it is the name. */
static const struct lvm_name *find_name(const struct lvm_name *names, size_t n, const char *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && strcmp(names[low].name, name) == 0 ? &names[low] : NULL;
}

long lvm_find_lv(const struct lvm_assembly *as, const char *name)
{
	const struct lvm_name *found = find_name(as->lv_names, as->text->lvs.n, name);

	return found ? (long)found->index : -1;
}

const struct lvm_text_pv *lvm_find_pv(const struct lvm_assembly *as, const char *name)
{
	const struct lvm_name *found = find_name(as->pv_names, as->text->pvs.n, name);

	return found ? &as->text->pvs.at[found->index] : NULL;
}
