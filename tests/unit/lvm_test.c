/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Volume groups as LVM2 2.03 writes them, made by hand: extents of 8 sectors, pe_start 64. */
#include "layout/volumes/lvm.h"

#include "tests/unit/disk.h"

#define SECTORS 1000
#define MDA_BYTES 16384
#define PE_START 64

#define PV(name, digit, start, count)                                                                        \
	name " {\nid = \"" PV_ID(digit) "\"\ndevice = \"/dev/sda\"\npe_start = " start "\npe_count = " count \
					"\n}\n"
#define LV(name, status, segments)                                                                           \
	name " {\nid = \"x\"\nstatus = [" status "]\nsegment_count = 1\n" segments "}\n"
#define VISIBLE "\"READ\", \"WRITE\", \"VISIBLE\""
#define HIDDEN "\"READ\", \"WRITE\""
#define SEGMENT(n, start, count, rest)                                                                       \
	"segment" n " {\nstart_extent = " start "\nextent_count = " count "\n" rest "\n}\n"
#define LINEAR(n, start, count, pv, pe)                                                                      \
	SEGMENT(n, start, count, "type = \"striped\"\nstripe_count = 1\nstripes = [\n\"" pv "\", " pe "\n]")
#define VG(pvs, lvs)                                                                                         \
	"VG {\nid = \"vgvgvg\"\nseqno = 2\nstatus = [\"RESIZEABLE\"]\nextent_size = 8\n"                     \
	"physical_volumes {\n" pvs "}\nlogical_volumes {\n" lvs "}\n}\n"                                     \
	"contents = \"Text Format Volume Group\"\nversion = 1\n"
#define PV0 PV("pv0", "1", "64", "100")
#define SIMPLE VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "50", "pv0", "10")))

static struct map *lvm_disk(struct disk *disk, const char *text)
{
	disk_new(disk, SECTORS);
	put_pv_label(disk->at, PV_ID("1"), SECTORS, MDA_BYTES);
	put_mda(disk->at, MDA_BYTES, 512, text);
	return disk_map(disk);
}

static void assert_no_volumes(const struct map *map)
{
	assert_int_equal(map->spaces.n, 1);
	assert_covered(map);
}

static void lvm_linear_volume_and_all_that_is_around_it(void **state)
{
	struct disk disk;
	struct map *map = lvm_disk(&disk, SIMPLE);

	(void)state;
	assert_run(map, 0, 1, "disk", "lvm-padding");
	assert_run(map, 1, 2, "disk", "lvm-label");
	assert_run(map, 2, 8, "disk", "lvm-padding");
	assert_run(map, 8, 9, "disk", "lvm-metadata-header");
	assert_run(map, 9, 40, "disk", "lvm-metadata");
	assert_run(map, 40, 64, "disk", "lvm-padding");
	assert_run(map, 64, 144, "disk", "lvm-free");
	assert_run(map, 144, 544, "VG/LV", "unknown");
	assert_run(map, 544, 864, "disk", "lvm-free");
	assert_run(map, 864, 1000, "disk", "lvm-padding");
	assert_int_equal(map->notes.n, 0);
	assert_covered(map);
	disk_free(&disk);
}

/* pvresize changes the text, and leaves the header as it was. */
static void lvm_pv_is_as_large_as_its_text_says(void **state)
{
	static const char *const pv =
	    "pv0 {\nid = \"" PV_ID("1") "\"\ndev_size = %d\npe_start = 64\npe_count = 100\n}\n";
	char pvs[200], text[1000];
	struct disk disk;
	struct map *map;

	(void)state;
	snprintf(pvs, sizeof(pvs), pv, 1000);
	snprintf(text, sizeof(text), VG("%s", ""), pvs);
	disk_new(&disk, SECTORS);
	/* Grown. */
	put_pv_label(disk.at, PV_ID("1"), 900, MDA_BYTES);
	put_mda(disk.at, MDA_BYTES, 512, text);
	map = disk_map(&disk);
	assert_run(map, 864, 1000, "disk", "lvm-padding");
	assert_int_equal(map->notes.n, 0);
	/* Shrunk, and the device with it. */
	put_pv_label(disk.at, PV_ID("1"), 2000, MDA_BYTES);
	map = disk_map(&disk);
	assert_int_equal(map->notes.n, 0);
	/* Shrunk alone. */
	snprintf(pvs, sizeof(pvs), pv, 900);
	snprintf(text, sizeof(text), VG("%s", ""), pvs);
	put_mda(disk.at, MDA_BYTES, 512, text);
	map = disk_map(&disk);
	assert_run(map, 864, 900, "disk", "lvm-padding");
	assert_run(map, 900, 1000, "disk", "unknown");
	/* Cut. */
	snprintf(pvs, sizeof(pvs), pv, 1200);
	snprintf(text, sizeof(text), VG("%s", ""), pvs);
	put_mda(disk.at, MDA_BYTES, 512, text);
	assert_true(has_note(disk_map(&disk), "PV of 1200 sectors in a space of 1000"));
	disk_free(&disk);
}

static void lvm_label_in_any_of_the_first_four_sectors(void **state)
{
	(void)state;
	for (unsigned sector = 0; sector < 5; sector++) {
		struct disk disk;
		struct map *map;
		uint8_t label[512];

		disk_new(&disk, SECTORS);
		put_pv_label(disk.at, PV_ID("1"), SECTORS, MDA_BYTES);
		put_mda(disk.at, MDA_BYTES, 512, SIMPLE);
		memcpy(label, disk.at + 512, 512);
		memset(disk.at + 512, 0, 512);
		memcpy(disk.at + sector * 512, label, 512);
		put64(disk.at + sector * 512 + 8, sector);
		map = disk_map(&disk);
		assert_string_equal(kind_at(map, sector), sector < 4 ? "lvm-label" : "unknown");
		disk_free(&disk);
	}
}

static void lvm_label_with_a_bad_crc_is_none(void **state)
{
	struct disk disk;

	(void)state;
	lvm_disk(&disk, SIMPLE);
	disk.at[512 + 64] ^= 1;
	assert_run(disk_map(&disk), 0, SECTORS, "disk", "unknown");
	disk_free(&disk);
}

static void lvm_label_moved_to_another_sector_is_none(void **state)
{
	struct disk disk;

	(void)state;
	lvm_disk(&disk, SIMPLE);
	memcpy(disk.at + 2 * 512, disk.at + 512, 512);
	memset(disk.at + 512, 0, 512);
	assert_run(disk_map(&disk), 0, SECTORS, "disk", "unknown");
	disk_free(&disk);
}

static void lvm_text_may_wrap_round_the_ring(void **state)
{
	static const unsigned tails[] = {1, 2, 100, 511, 512};
	struct disk disk;
	struct map *map;

	(void)state;
	lvm_disk(&disk, "");
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		memset(disk.at + MDA_OFFSET, 0, MDA_BYTES);
		put_mda(disk.at, MDA_BYTES, MDA_BYTES - tails[i], SIMPLE);
		map = disk_map(&disk);
		assert_run(map, 144, 544, "VG/LV", "unknown");
		assert_int_equal(map->notes.n, 0);
	}
	disk_free(&disk);
}

/* Text that is current has no flag wherever it lies; what was written before it is stale. */
static void lvm_old_texts_in_the_ring_are_stale(void **state)
{
	static const char text[] = VG(PV0 PV("pv1", "2", "64", "100") PV("pv2", "3", "64", "100"),
				      LV("A", VISIBLE, LINEAR("1", "0", "50", "pv0", "10"))
					  LV("B", VISIBLE, LINEAR("1", "0", "20", "pv0", "70")));
	struct disk disk;
	struct place place;
	struct map *map;

	(void)state;
	assert_true(sizeof(text) > 600);
	lvm_disk(&disk, text);
	put_mda(disk.at, MDA_BYTES, MDA_BYTES - 512, text);
	memset(disk.at + MDA_OFFSET + 20 * 512, 'x', 512);
	map = disk_map(&disk);
	for (uint64_t sector = 9; sector < 40; sector++) {
		bool current = sector == 39 || (sector - 9) * 512 < sizeof(text) - 512;

		map_find(map, sector, &place);
		assert_int_equal(place.kind, KIND_LVM_METADATA);
		if (current || sector == 28)
			assert_int_equal(place.extent->flags, current ? 0 : EXTENT_STALE);
	}
	disk_free(&disk);
}

static void lvm_text_with_a_bad_crc_is_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	lvm_disk(&disk, SIMPLE);
	disk.at[MDA_OFFSET + 512 + 30] ^= 1;
	map = disk_map(&disk);
	assert_no_volumes(map);
	assert_run(map, 1, 2, "disk", "lvm-label");
	assert_run(map, 9, 40, "disk", "lvm-metadata");
	assert_true(has_note(map, "metadata text in the area at byte 4096 is damaged"));
	disk_free(&disk);
}

static void lvm_metadata_header_with_a_bad_crc_is_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	lvm_disk(&disk, SIMPLE);
	disk.at[MDA_OFFSET + 200] ^= 1;
	map = disk_map(&disk);
	assert_no_volumes(map);
	assert_true(has_note(map, "metadata area at byte 4096 has a damaged header"));
	disk_free(&disk);
}

static void lvm_locations_outside_the_area_are_survived(void **state)
{
	static const uint64_t bad[][2] = {
	    {1, 100},
	    {511, 100},
	    {MDA_BYTES, 100},
	    {UINT64_MAX, 100},
	    {512, UINT64_MAX},
	    {512, MDA_BYTES},
	    {MDA_BYTES - 1, UINT64_MAX - 100},
	    {UINT64_MAX - 50, 100},
	    {512, MDA_BYTES - 512},
	    {0, 100},
	    {512, 0},
	};
	struct disk disk;
	uint8_t *mda;

	(void)state;
	lvm_disk(&disk, SIMPLE);
	mda = disk.at + MDA_OFFSET;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put64(mda + 40, bad[i][0]);
		put64(mda + 48, bad[i][1]);
		put32(mda, crc32_update(LVM_CRC, mda + 4, 508));
		assert_no_volumes(disk_map(&disk));
	}
	disk_free(&disk);
}

static void lvm_metadata_areas_that_cannot_be_are_noted(void **state)
{
	static const uint64_t bad[] = {100, 512, UINT64_MAX, UINT64_C(1) << 40, SECTORS * 512};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct disk disk;
		struct map *map;

		disk_new(&disk, SECTORS);
		put_pv_label(disk.at, PV_ID("1"), SECTORS, bad[i]);
		map = disk_map(&disk);
		assert_no_volumes(map);
		assert_true(has_note(map, "metadata area at byte 4096"));
		disk_free(&disk);
	}
}

static void lvm_pv_without_group_is_labelled_all_the_same(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, SECTORS);
	put_pv_label(disk.at, PV_ID("1"), SECTORS, 0);
	map = disk_map(&disk);
	assert_no_volumes(map);
	assert_run(map, 1, 2, "disk", "lvm-label");
	assert_string_equal(map_disk(map)->content.type, "LVM2_member");
	disk_free(&disk);
}

/* --- the text --- */

static void assert_text_refused(const char *text, const char *part)
{
	struct err err = {.text = ""};

	assert_null(lvm_text_parse(text, &err));
	assert_non_null(strstr(err.text, part));
}

static void lvm_text_tells_all_that_is_needed(void **state)
{
	struct err err;
	struct lvm_text *text = lvm_text_parse(SIMPLE, &err);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text->name, "VG");
	assert_int_equal(text->seqno, 2);
	assert_int_equal(text->extent_size, 8);
	assert_int_equal(text->pvs.n, 1);
	assert_string_equal(text->pvs.at[0].id, PV_ID("1"));
	assert_int_equal(text->pvs.at[0].pe_start, 64);
	assert_int_equal(text->lvs.n, 1);
	assert_true(text->lvs.at[0].visible);
	assert_int_equal(text->lvs.at[0].segments.at[0].extent_count, 50);
	assert_string_equal(text->lvs.at[0].segments.at[0].areas.at[0].name, "pv0");
	assert_int_equal(text->lvs.at[0].segments.at[0].areas.at[0].extent, 10);
	lvm_text_free(text);
}

static void lvm_text_type_ends_at_a_plus(void **state)
{
	struct err err;
	struct lvm_text *text = lvm_text_parse(
	    VG(PV0, LV("LV", VISIBLE, SEGMENT("1", "0", "1", "type = \"raid5_ls+RESHAPE\""))), &err);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text->lvs.at[0].segments.at[0].type, "raid5_ls");
	lvm_text_free(text);
}

static char *deep_text(const char *unit, size_t n)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	text[n * len] = '\0';
	return text;
}

static void lvm_text_nested_200000_deep_is_refused(void **state)
{
	static const char *const units[] = {
	    "a{", "a {\n", "a=[", "[", "{", "a=1#}\nb{", "\"}\"{", "a='}'\nb{", "a=\"\\\"}\"\nb{"};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		char *text = deep_text(units[i], 200000);

		assert_text_refused(text, "nested");
		free(text);
	}
}

static void lvm_text_cut_anywhere_is_survived(void **state)
{
	char text[] = SIMPLE;
	struct err err;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		char *cut = strndup(text, len);

		assert_non_null(cut);
		lvm_text_free(lvm_text_parse(cut, &err));
		free(cut);
	}
}

static void lvm_text_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_text_refused("", "no volume group");
	assert_text_refused("a = 1", "no volume group");
	assert_text_refused("VG { seqno = 1 }", "extent_size");
	assert_text_refused("VG { extent_size = 0 }", "extent_size");
	assert_text_refused("VG { extent_size = -1 }", "extent_size");
	assert_text_refused(
	    VG(PV0, LV("LV", VISIBLE, SEGMENT("1", "0", "1", "type=\"striped\"\nstripes=[1,2]"))),
	    "cannot be read");
	assert_text_refused(VG(PV0, LV("LV", VISIBLE, SEGMENT("1", "0", "1", "stripes=[\"pv0\",-1]"))),
			    "cannot be read");
}

static void lvm_deep_text_on_a_disk_is_a_note(void **state)
{
	char *text = deep_text("a{", 7900);
	struct disk disk;
	struct map *map = lvm_disk(&disk, text);

	(void)state;
	assert_no_volumes(map);
	assert_true(has_note(map, "nested"));
	free(text);
	disk_free(&disk);
}

/* --- volumes --- */

static void lvm_segments_in_odd_order_are_sorted(void **state)
{
	struct disk disk;
	struct place place;
	struct map *map =
	    lvm_disk(&disk, VG(PV0, LV("LV", VISIBLE,
				       LINEAR("3", "3", "2", "pv0", "0") LINEAR("1", "0", "1", "pv0", "9")
					   LINEAR("2", "1", "2", "pv0", "5"))));

	(void)state;
	assert_int_equal(find_space(map, "VG/LV")->sectors, 40);
	map_find(map, PE_START + 9 * 8, &place);
	assert_int_equal(place.inner, 0);
	map_find(map, PE_START + 5 * 8, &place);
	assert_int_equal(place.inner, 8);
	map_find(map, PE_START, &place);
	assert_int_equal(place.inner, 24);
	assert_int_equal(map->notes.n, 0);
	assert_covered(map);
	disk_free(&disk);
}

static void assert_left_out(const char *text, const char *note)
{
	struct disk disk;
	struct map *map = lvm_disk(&disk, text);

	if (!has_note(map, note)) {
		for (size_t i = 0; i < map->notes.n; i++)
			print_message("note: %s\n", map->notes.at[i].text);
		fail_msg("no note that says '%s'", note);
	}
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_segments_that_do_not_follow_are_left_out(void **state)
{
	(void)state;
	assert_left_out(
	    VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv0", "0") LINEAR("2", "3", "2", "pv0", "5"))),
	    "do not follow");
	assert_left_out(
	    VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv0", "0") LINEAR("2", "1", "2", "pv0", "5"))),
	    "do not follow");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "1", "2", "pv0", "0"))), "do not follow");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "0", "pv0", "0"))), "do not follow");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "9223372036854775807", "pv0", "0"))),
			"do not follow");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, "")), "do not follow");
}

static void lvm_volume_made_of_itself_is_left_out(void **state)
{
	(void)state;
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "2", "LV", "0"))), "is made of itself");
	assert_left_out(VG(PV0, LV("A", VISIBLE, LINEAR("1", "0", "2", "B", "0"))
				    LV("B", VISIBLE, LINEAR("1", "0", "2", "C", "0"))
					LV("C", HIDDEN, LINEAR("1", "0", "2", "A", "0"))),
			"is made of itself");
}

static void lvm_circle_of_volumes_beside_a_sound_one(void **state)
{
	struct disk disk;
	struct map *map =
	    lvm_disk(&disk, VG(PV0, LV("A", VISIBLE, LINEAR("1", "0", "2", "B", "0"))
					LV("B", VISIBLE, LINEAR("1", "0", "2", "A", "0"))
					    LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv0", "0"))));

	(void)state;
	assert_run(map, 64, 80, "VG/LV", "unknown");
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_missing_pv_is_noted_and_the_rest_stands(void **state)
{
	struct disk disk;
	struct map *map = lvm_disk(
	    &disk,
	    VG(PV0 PV("pv1", "2", "64", "100"),
	       LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv0", "0") LINEAR("2", "2", "2", "pv1", "0"))));
	struct err err;
	uint8_t buf[512];

	(void)state;
	assert_run(map, 64, 80, "VG/LV", "unknown");
	assert_true(has_note(map, "needs pv1, a PV that is not here"));
	assert_int_equal(space_read(find_space(map, "VG/LV"), 0, buf, 512, &err), 0);
	assert_int_equal(space_read(find_space(map, "VG/LV"), 16 * 512, buf, 512, &err), -1);
	assert_non_null(strstr(err.text, "lies on no disk that is here"));
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_unknown_names_and_types_are_noted(void **state)
{
	(void)state;
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv9", "0"))), "cannot be followed");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, SEGMENT("1", "0", "2", "type = \"nonsense\""))),
			"segment of type nonsense cannot be followed");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, SEGMENT("1", "0", "2", "type=\"striped\"\nstripes=[]"))),
			"cannot be followed");
	assert_left_out(
	    VG(PV0,
	       LV("LV", VISIBLE,
		  SEGMENT("1", "0", "2", "type=\"striped\"\nstripe_size=0\nstripes=[\"pv0\",0,\"pv0\",1]"))),
	    "cannot be followed");
	assert_left_out(VG(PV0, LV("LV", VISIBLE, LINEAR("1", "0", "2", "pv0", "100"))),
			"cannot be followed");
}

static void lvm_striped_volume_goes_round(void **state)
{
	struct disk disk;
	struct place place;
	struct map *map = lvm_disk(
	    &disk,
	    VG(PV0,
	       LV("LV", VISIBLE,
		  SEGMENT(
		      "1", "0", "4",
		      "type=\"striped\"\nstripe_count=2\nstripe_size=4\nstripes=[\"pv0\",0,\"pv0\",50]"))));
	static const uint64_t lies_at[] = {64, 464, 68, 468, 72, 472, 76, 476};

	(void)state;
	for (uint64_t chunk = 0; chunk < 8; chunk++) {
		map_find(map, lies_at[chunk], &place);
		assert_int_equal(place.inner, 4 * chunk);
		assert_int_equal(place.count, 4);
	}
	assert_run(map, 80, 464, "disk", "lvm-free");
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_hidden_volumes_carry_the_name_of_the_visible_one(void **state)
{
	struct disk disk;
	struct map *map =
	    lvm_disk(&disk, VG(PV0, LV("LV", VISIBLE,
				       SEGMENT("1", "0", "2",
					       "type=\"raid1\"\ndevice_count=2\n"
					       "raids=[\"m0\",\"i0\",\"m1\",\"i1\"]"))
					LV("m0", HIDDEN, LINEAR("1", "0", "1", "pv0", "0"))
					    LV("i0", HIDDEN, LINEAR("1", "0", "2", "pv0", "1"))
						LV("m1", HIDDEN, LINEAR("1", "0", "1", "pv0", "10"))
						    LV("i1", HIDDEN, LINEAR("1", "0", "2", "pv0", "11"))));

	(void)state;
	assert_run(map, 64, 72, "VG/LV", "lvm-raid-metadata");
	assert_run(map, 72, 88, "VG/LV", "unknown");
	assert_run(map, 144, 152, "VG/LV", "lvm-raid-metadata");
	assert_run(map, 152, 168, "VG/LV", "unknown");
	assert_int_equal(map->notes.n, 0);
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_overlapping_volumes_are_noted(void **state)
{
	(void)state;
	assert_left_out(VG(PV0, LV("A", VISIBLE, LINEAR("1", "0", "10", "pv0", "0"))
				    LV("B", VISIBLE, LINEAR("1", "0", "10", "pv0", "5"))),
			"are claimed by VG/A and by VG/B");
}

static void lvm_extents_beyond_48_bits_claim_nothing(void **state)
{
	struct disk disk;
	struct map *map = lvm_disk(
	    &disk, "VG {\nid=\"v\"\nseqno=1\nextent_size=1099511627776\nphysical_volumes {\n" PV(
		       "pv0", "1", "140737488355336",
		       "1000") "}\nlogical_volumes {\n" LV("LV", VISIBLE,
							   LINEAR("1", "0", "1", "pv0", "128")) "}\n}\n");

	(void)state;
	/* 140737488355336 + 128 * 2^40 is 2^48 + 8. */
	assert_run(map, 8, 9, "disk", "lvm-metadata-header");
	assert_run(map, 40, 1000, "disk", "lvm-padding");
	assert_covered(map);
	disk_free(&disk);
}

/* --- many --- */

#define MANY 5000

/* A group of MANY one-extent volumes, each of which lies in `area`. */
static void map_many(const char *pvs, const char *area, bool chained)
{
	const uint64_t mda_bytes = 1 << 20;
	struct text text = {0};
	struct disk disk;

	text_printf(&text, "VG{id=\"v\" seqno=1 extent_size=8 physical_volumes{%s}logical_volumes{", pvs);
	for (int i = 0; i < MANY; i++) {
		text_printf(&text, "l%d{status=[\"VISIBLE\"]segment1{start_extent=0 extent_count=1 stripes=[",
			    i);
		if (chained)
			text_printf(&text, "\"l%d\",0]}}\n", i + 1);
		else
			text_printf(&text, "\"%s\",0]}}\n", area);
	}
	text_str(&text, "}}");
	disk_new(&disk, 3000);
	put_pv_label(disk.at, PV_ID("1"), 3000, mda_bytes);
	put_mda(disk.at, mda_bytes, 512, text.at);
	disk_map(&disk);
	assert_true(disk.map->spaces.n <= MAP_SPACES_MAX);
	assert_true(has_note(disk.map, "partitions and volumes"));
	assert_covered(disk.map);
	disk_free(&disk);
	text_free(&text);
}

static void lvm_more_volumes_than_there_is_room_for(void **state)
{
	(void)state;
	map_many(PV("pv0", "1", "2100", "100"), "pv0", false);
}

static void lvm_more_volumes_than_there_is_room_for_on_a_missing_pv(void **state)
{
	(void)state;
	map_many(PV("pv0", "1", "2100", "100") PV("pv1", "2", "2100", "100"), "pv1", false);
}

static void lvm_more_volumes_than_there_is_room_for_in_a_chain(void **state)
{
	(void)state;
	map_many(PV("pv0", "1", "2100", "100"), NULL, true);
}

static void lvm_chain_of_volumes_deeper_than_the_map(void **state)
{
	struct text text = {0};
	struct disk disk;
	struct place place;

	(void)state;
	text_str(&text, "VG{id=\"v\" seqno=1 extent_size=8 physical_volumes{" PV0 "}logical_volumes{");
	for (int i = 0; i < 40; i++)
		text_printf(
		    &text,
		    "l%d{status=[\"VISIBLE\"]segment1{start_extent=0 extent_count=1 stripes=[\"l%d\",0]}}\n",
		    i, i + 1);
	text_str(&text, LV("l40", VISIBLE, LINEAR("1", "0", "1", "pv0", "0")) "}}");
	lvm_disk(&disk, text.at);
	map_find(disk.map, 64, &place);
	assert_true(place.depth <= MAP_DEPTH_MAX);
	assert_covered(disk.map);
	disk_free(&disk);
	text_free(&text);
}

/* --- groups on several PVs of one disk --- */

static void lvm_newest_text_of_several_pvs_counts(void **state)
{
	static const char new_text[] =
	    "VG{id=\"v\" seqno=9 extent_size=8 physical_volumes{" PV("pv0", "1", "64", "10")
		PV("pv1", "2", "64", "10") "}logical_volumes{" LV("NEW", VISIBLE,
								  LINEAR("1", "0", "1", "pv1", "0")) "}}";
	static const char old_text[] =
	    "VG{id=\"v\" seqno=8 extent_size=8 physical_volumes{" PV("pv0", "1", "64", "10")
		PV("pv1", "2", "64", "10") "}logical_volumes{" LV("OLD", VISIBLE,
								  LINEAR("1", "0", "1", "pv0", "0")) "}}";

	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		struct disk disk;
		struct map *map;

		disk_new(&disk, 2000);
		put_mbr_entry(disk.at, 0, 0x8e, 100, 500);
		put_mbr_entry(disk.at, 1, 0x8e, 1000, 500);
		put_pv_label(disk.at + 100 * 512, PV_ID("1"), 500, MDA_BYTES);
		put_pv_label(disk.at + 1000 * 512, PV_ID("2"), 500, MDA_BYTES);
		put_mda(disk.at + 100 * 512, MDA_BYTES, 512, swap ? new_text : old_text);
		put_mda(disk.at + 1000 * 512, MDA_BYTES, 512, swap ? old_text : new_text);
		map = disk_map(&disk);
		assert_null(find_space(map, "VG/OLD"));
		assert_run(map, 1064, 1072, "VG/NEW", "unknown");
		assert_run(map, 164, 244, "part1", "lvm-free");
		assert_int_equal(map->notes.n, 0);
		assert_covered(map);
		disk_free(&disk);
	}
}

static void lvm_two_pvs_with_one_uuid_are_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 2200);
	put_mbr_entry(disk.at, 0, 0x8e, 100, 1000);
	put_mbr_entry(disk.at, 1, 0x8e, 1100, 1000);
	for (int i = 0; i < 2; i++) {
		put_pv_label(disk.at + (100 + 1000 * i) * 512, PV_ID("1"), 1000, MDA_BYTES);
		put_mda(disk.at + (100 + 1000 * i) * 512, MDA_BYTES, 512, SIMPLE);
	}
	map = disk_map(&disk);
	assert_true(has_note(map, "has the UUID of part1 too"));
	assert_covered(map);
	disk_free(&disk);
}

static void lvm_group_inside_a_volume_nests(void **state)
{
	static const char inner[] = "IN{id=\"i\" seqno=1 extent_size=8 physical_volumes{" PV(
	    "pv0", "2", "64", "10") "}logical_volumes{" LV("LV", VISIBLE,
							   LINEAR("1", "0", "3", "pv0", "2")) "}}";
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 2000);
	put_pv_label(disk.at, PV_ID("1"), 2000, MDA_BYTES);
	put_mda(disk.at, MDA_BYTES, 512,
		VG(PV("pv0", "1", "64", "200"), LV("LV", VISIBLE, LINEAR("1", "0", "100", "pv0", "0"))));
	put_pv_label(disk.at + 64 * 512, PV_ID("2"), 800, MDA_BYTES);
	put_mda(disk.at + 64 * 512, MDA_BYTES, 512, inner);
	map = disk_map(&disk);
	assert_run(map, 65, 66, "VG/LV", "lvm-label");
	assert_run(map, 64 + 64 + 16, 64 + 64 + 40, "IN/LV", "unknown");
	assert_covered(map);
	disk_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lvm_linear_volume_and_all_that_is_around_it),
	    cmocka_unit_test(lvm_pv_is_as_large_as_its_text_says),
	    cmocka_unit_test(lvm_label_in_any_of_the_first_four_sectors),
	    cmocka_unit_test(lvm_label_with_a_bad_crc_is_none),
	    cmocka_unit_test(lvm_label_moved_to_another_sector_is_none),
	    cmocka_unit_test(lvm_text_may_wrap_round_the_ring),
	    cmocka_unit_test(lvm_old_texts_in_the_ring_are_stale),
	    cmocka_unit_test(lvm_text_with_a_bad_crc_is_noted),
	    cmocka_unit_test(lvm_metadata_header_with_a_bad_crc_is_noted),
	    cmocka_unit_test(lvm_locations_outside_the_area_are_survived),
	    cmocka_unit_test(lvm_metadata_areas_that_cannot_be_are_noted),
	    cmocka_unit_test(lvm_pv_without_group_is_labelled_all_the_same),
	    cmocka_unit_test(lvm_text_tells_all_that_is_needed),
	    cmocka_unit_test(lvm_text_type_ends_at_a_plus),
	    cmocka_unit_test(lvm_text_nested_200000_deep_is_refused),
	    cmocka_unit_test(lvm_text_cut_anywhere_is_survived),
	    cmocka_unit_test(lvm_text_that_is_none_is_refused),
	    cmocka_unit_test(lvm_deep_text_on_a_disk_is_a_note),
	    cmocka_unit_test(lvm_segments_in_odd_order_are_sorted),
	    cmocka_unit_test(lvm_segments_that_do_not_follow_are_left_out),
	    cmocka_unit_test(lvm_volume_made_of_itself_is_left_out),
	    cmocka_unit_test(lvm_circle_of_volumes_beside_a_sound_one),
	    cmocka_unit_test(lvm_missing_pv_is_noted_and_the_rest_stands),
	    cmocka_unit_test(lvm_unknown_names_and_types_are_noted),
	    cmocka_unit_test(lvm_striped_volume_goes_round),
	    cmocka_unit_test(lvm_hidden_volumes_carry_the_name_of_the_visible_one),
	    cmocka_unit_test(lvm_overlapping_volumes_are_noted),
	    cmocka_unit_test(lvm_extents_beyond_48_bits_claim_nothing),
	    cmocka_unit_test(lvm_more_volumes_than_there_is_room_for),
	    cmocka_unit_test(lvm_chain_of_volumes_deeper_than_the_map),
	    cmocka_unit_test(lvm_newest_text_of_several_pvs_counts),
	    cmocka_unit_test(lvm_two_pvs_with_one_uuid_are_noted),
	    cmocka_unit_test(lvm_group_inside_a_volume_nests),
	    cmocka_unit_test(lvm_more_volumes_than_there_is_room_for_on_a_missing_pv),
	    cmocka_unit_test(lvm_more_volumes_than_there_is_room_for_in_a_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
