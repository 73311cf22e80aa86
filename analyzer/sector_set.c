/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/sector_set.h"

#include <stdlib.h>

#define PAGE_SECTORS (UINT64_C(1) << SECTOR_PAGE_BITS)

void sector_set_free(struct sector_set *set)
{
	for (size_t i = 0; i < set->pages.n; i++)
		free(set->pages.at[i]);
	VEC_FREE(&set->pages);
	keys_free(&set->index);
	set->latest = NULL;
	set->count = 0;
}

/* The page of that number; NULL without memory. */
static struct sector_page *get_page(struct sector_set *set, uint64_t number)
{
	struct sector_page *page = set->latest;
	size_t *index;

	if (page != NULL && page->number == number)
		return page;
	index = keys_get(&set->index, number);
	if (index == NULL)
		return NULL;
	if (*index == 0) {
		page = calloc(1, sizeof(*page));
		if (page == NULL || VEC_PUSH(&set->pages, page) != 0) {
			free(page);
			return NULL;
		}
		page->number = number;
		*index = set->pages.n;
	}
	set->latest = set->pages.at[*index - 1];
	return set->latest;
}

static uint64_t mask_of(uint64_t from, uint64_t to)
{
	return (to - from == 64 ? UINT64_MAX : (UINT64_C(1) << (to - from)) - 1) << from;
}

/* Sectors `from` until before `to` of a page. */
static uint64_t add_to_page(struct sector_page *page, uint64_t from, uint64_t to)
{
	uint64_t added = 0;

	if (from / 64 == (to - 1) / 64) {
		uint64_t mask = mask_of(from % 64, from % 64 + to - from), *word = &page->word[from / 64];

		/* What is written again is usual. */
		added = (*word & mask) == mask ? 0 : (uint64_t)__builtin_popcountll(mask & ~*word);
		*word |= mask;
		return added;
	}

	while (from < to) {
		uint64_t first = from % 64, end = to - from < 64 - first ? first + to - from : 64;
		uint64_t *word = &page->word[from / 64], mask = mask_of(first, end);

		added += (uint64_t)__builtin_popcountll(mask & ~*word);
		*word |= mask;
		from += end - first;
	}
	return added;
}

int sector_set_add(struct sector_set *set, uint64_t start, uint64_t sectors)
{
	while (sectors > 0) {
		uint64_t from = start % PAGE_SECTORS;
		uint64_t some = sectors < PAGE_SECTORS - from ? sectors : PAGE_SECTORS - from;
		struct sector_page *page = get_page(set, start >> SECTOR_PAGE_BITS);

		if (page == NULL)
			return -1;
		set->count += add_to_page(page, from, from + some);
		start += some;
		sectors -= some;
	}
	return 0;
}

int sector_set_merge(struct sector_set *into, const struct sector_set *from)
{
	for (size_t i = 0; i < from->pages.n; i++) {
		const struct sector_page *other = from->pages.at[i];
		struct sector_page *page = get_page(into, other->number);

		if (page == NULL)
			return -1;
		for (unsigned word = 0; word < SECTOR_PAGE_WORDS; word++) {
			into->count += (uint64_t)__builtin_popcountll(other->word[word] & ~page->word[word]);
			page->word[word] |= other->word[word];
		}
	}
	return 0;
}

static const struct sector_page *find_page(struct sector_set *set, uint64_t number)
{
	size_t *index = keys_get(&set->index, number);

	return index == NULL || *index == 0 ? NULL : set->pages.at[*index - 1];
}

uint64_t sector_set_common(struct sector_set *a, const struct sector_set *b)
{
	uint64_t count = 0;

	for (size_t i = 0; i < b->pages.n; i++) {
		const struct sector_page *other = b->pages.at[i];
		const struct sector_page *page = a->pages.n > 0 ? find_page(a, other->number) : NULL;

		for (unsigned word = 0; page != NULL && word < SECTOR_PAGE_WORDS; word++)
			count += (uint64_t)__builtin_popcountll(page->word[word] & other->word[word]);
	}
	return count;
}

static bool has(const struct sector_page *page, uint64_t sector)
{
	return page->word[sector / 64] >> sector % 64 & 1;
}

static void pack_page(struct text *out, const struct sector_page *page)
{
	uint64_t at = 0;

	pack_number(out, page->number);
	for (bool in = false; at < PAGE_SECTORS; in = !in) {
		uint64_t from = at;

		while (at < PAGE_SECTORS && has(page, at) == in)
			at++;
		pack_number(out, at - from);
	}
}

void sector_set_pack(struct text *out, const struct sector_set *set)
{
	pack_number(out, set->pages.n);
	for (size_t i = 0; i < set->pages.n; i++)
		pack_page(out, set->pages.at[i]);
}

static int unpack_page(struct sector_set *set, struct unpack *bytes)
{
	uint64_t number = unpack_number(bytes), at = 0;

	if (number >= UINT64_MAX >> SECTOR_PAGE_BITS)
		bytes->bad = true;
	for (bool in = false; at < PAGE_SECTORS && !bytes->bad; in = !in) {
		uint64_t n = unpack_number(bytes);

		/* Only the first run may have nothing. */
		if (n > PAGE_SECTORS - at || (n == 0 && in)) {
			bytes->bad = true;
			break;
		}
		if (in && sector_set_add(set, (number << SECTOR_PAGE_BITS) + at, n) != 0)
			return -1;
		if (n == 0 && at > 0)
			bytes->bad = true;
		at += n;
	}
	return 0;
}

int sector_set_unpack(struct sector_set *set, struct unpack *bytes)
{
	uint64_t pages = unpack_number(bytes);

	for (uint64_t i = 0; i < pages && !bytes->bad; i++)
		if (unpack_page(set, bytes) != 0)
			return -1;
	return 0;
}
