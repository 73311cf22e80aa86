/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours. */
#include "viz/palette.h"

static const struct {
	const char *name;
	uint32_t tint, band;
} families[FAMILIES] = {
    [FAMILY_UNKNOWN] = {"unknown", 0xf4f4f2, 0xc9c9c4},
    [FAMILY_TABLE] = {"partition table", 0xe9ecef, 0x8f98a3},
    [FAMILY_LVM] = {"LVM", 0xe9e4f5, 0xa895d3},
    [FAMILY_SUPER] = {"superblock and descriptors", 0xf8efcf, 0xd2a93b},
    [FAMILY_BITMAP] = {"bitmap", 0xfbe4ec, 0xdf8ba8},
    [FAMILY_INODES] = {"inode table", 0xdaf1ee, 0x62b8b0},
    [FAMILY_JOURNAL] = {"journal", 0xe6d3f2, 0x8e3fb0},
    [FAMILY_DIRECTORY] = {"directory", 0xeef4d2, 0xa7bd3f},
    [FAMILY_FILE] = {"file", 0xdce9f7, 0x78aadb},
    [FAMILY_MAP] = {"block map and attributes", 0xf6e6d8, 0xcf9a68},
    [FAMILY_FREE] = {"free", 0xfafafa, 0xe2e2e2},
};

/* tests/viz/palette.py says how far apart these are for colour-blind eyes. */
static const struct {
	const char *name;
	uint32_t colour;
} classes[HEAT_CLASSES] = {
    {"aligned read", 0x1ebfa1},    {"unaligned read", 0xf2ae10},  {"aligned write", 0x0072b2},
    {"unaligned write", 0xd82a0f}, {"aligned discard", 0x3f3a44}, {"unaligned discard", 0x1d1d91},
    {"aligned zero", 0x826868},    {"unaligned zero", 0x630000},
};

const char *family_name(enum family family)
{
	return families[family].name;
}

uint32_t family_tint(enum family family)
{
	return families[family].tint;
}

uint32_t family_band(enum family family)
{
	return families[family].band;
}

uint32_t class_colour(unsigned class)
{
	return classes[class].colour;
}

const char *class_name(unsigned class)
{
	return classes[class].name;
}

uint32_t colour_mix(uint32_t colour, uint32_t ground, double part)
{
	uint32_t mixed = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		double a = colour >> shift & 0xff, b = ground >> shift & 0xff;

		mixed |= (uint32_t)(a * part + b * (1 - part) + 0.5) << shift;
	}
	return mixed;
}
