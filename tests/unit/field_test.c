/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of fields, and what a piece has in them. */
#include "query/field.h"

#include "tests/unit/usage_check.h"

#include <ctype.h>
#include <string.h>

/* "region.device_start": a word, a dot, a word. */
static bool is_name(const char *name)
{
	unsigned dots = 0;

	for (const char *at = name; *at != '\0'; at++) {
		dots += *at == '.';
		if (!islower(*at) && *at != '.' && *at != '_')
			return false;
	}
	return dots == 1;
}

static void fields_have_names_and_columns_of_their_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FIELDS; i++) {
		if (!is_name(fields[i].name) || fields[i].help[0] == '\0')
			fail_msg("field %u has no name or no help", i);
		if (field_find(fields[i].name, strlen(fields[i].name)) != (enum field_id)i)
			fail_msg("%s is there twice", fields[i].name);
		for (unsigned j = 0; j < i; j++)
			if (strcmp(fields[i].column, fields[j].column) == 0)
				fail_msg("the column %s is there twice", fields[i].column);
		if (!field_is_number((enum field_id)i) && fields[i].unit != FIELD_NONE)
			fail_msg("%s is no number and has a unit", fields[i].name);
	}
}

static void a_name_that_is_none_has_a_near_one(void **state)
{
	(void)state;
	assert_int_equal(field_find("io.latenc", 9), FIELDS);
	assert_string_equal(field_near("io.latenc", 9)->name, "io.latency");
	assert_string_equal(field_near("kind", 4)->name, "region.kind");
	assert_string_equal(field_near("regoin.kind", 11)->name, "region.kind");
	assert_null(field_near("completely.different", 20));
	assert_null(field_near("", 0));
}

static void expect(struct piece *piece, enum field_id field, const char *right)
{
	struct text out = {0};
	bool has = field_add(&out, field, piece);

	if (has != (right != NULL) || (has && strcmp(out.at, right) != 0))
		fail_msg("%s: %s, not %s", fields[field].name, has ? out.at : "nothing",
			 right ? right : "nothing");
	text_free(&out);
}

static void a_piece_has_what_its_access_and_its_place_have(void **state)
{
	struct access access = access_blank();
	struct piece *piece = calloc(1, sizeof(*piece));
	struct disk disk;
	struct place place;

	(void)state;
	disk_of_two(&disk, 9501, 300000);
	access.op = ACCESS_WRITE;
	access.start = 0;
	access.count = 3;
	access.latency_ns = 1500;
	access.flags = ACCESS_FUA | ACCESS_META;
	map_find(disk.map, 0, &place);
	piece_init(piece, NULL, disk.map);
	piece_set_access(piece, &access, 7, true);
	expect(piece, FIELD_IO_INDEX, "7");
	expect(piece, FIELD_IO_TIME, NULL);
	expect(piece, FIELD_IO_LATENCY, "0.000001500");
	expect(piece, FIELD_IO_BYTES, "1536");
	expect(piece, FIELD_IO_ALIGNED, "false");
	expect(piece, FIELD_IO_FLAGS, "fua|meta");
	expect(piece, FIELD_IO_COMM, NULL);
	expect(piece, FIELD_REGION_KIND, NULL);
	piece_set_place(piece, &place);
	expect(piece, FIELD_REGION_KIND, kind_name(place.kind));
	expect(piece, FIELD_REGION_DEVICE, place.space->serves->name);
	expect(piece, FIELD_FILE_PATH, NULL);
	disk_free(&disk);
	free(piece);
}

static void seconds_have_as_few_decimals_as_say_them(void **state)
{
	struct text out = {0};

	(void)state;
	field_add_number(&out, FIELD_IO_TIME, 1500000000);
	text_char(&out, ' ');
	field_add_number(&out, FIELD_IO_TIME, -1);
	text_char(&out, ' ');
	field_add_number(&out, FIELD_IO_TIME, INT64_MAX);
	assert_string_equal(out.at, "1.500000 -0.000000001 9223372036.854775807");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_have_names_and_columns_of_their_own),
	    cmocka_unit_test(a_name_that_is_none_has_a_near_one),
	    cmocka_unit_test(a_piece_has_what_its_access_and_its_place_have),
	    cmocka_unit_test(seconds_have_as_few_decimals_as_say_them),
	};

	return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
