/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in encrypted directories, which are any bytes, in the form in which Linux shows them to who has no key: the
   directory hash and the name's bytes (of long names the first ones and a digest of the rest) in base64url.  They are
   unique, hold no slash and no NUL, and lead back.  Facts: struct fscrypt_nokey_name in Linux fs/crypto/fname.c, is_dx_dir and
   htree_dirblock_to_tree in fs/ext4. */
#include "base/bytes.h"
#include "base/sha256.h"
#include "layout/ext/ext_private.h"

#include <string.h>

#define NOKEY_BYTES 149
#define CASEFOLD_FLAG 0x40000000
#define INDEX_FLAG 0x1000

struct ext_naming ext_naming_of(const struct ext *ext, const struct ext_inode *inode)
{
	const struct ext2_super_block *super = ext->lib->super;
	bool hashed = ext2fs_has_feature_dir_index(ext->lib->super) &&
		      ((inode->flags & INDEX_FLAG) || inode->size == ext->block_size);

	return (struct ext_naming){
	    .encrypted = (inode->flags & EXT4_ENCRYPT_FL) != 0,
	    .hash_lies_behind = (inode->flags & CASEFOLD_FLAG) != 0,
	    .hashed = hashed,
	    .hash_version =
		(uint8_t)(super->s_def_hash_version + (super->s_flags & EXT2_FLAGS_UNSIGNED_HASH ? 3 : 0)),
	};
}

static size_t base64url(const uint8_t *bytes, size_t len, char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t kept = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		kept = kept << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			out[n++] = letters[kept >> (bits - 6) & 63];
	}
	if (bits > 0)
		out[n++] = letters[kept << (6 - bits) & 63];
	return n;
}

static void put_hash(uint8_t *to, uint32_t hash)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(hash >> (8 * i));
}

/* `room` is that of the entry, which holds the hash behind the name where names are folded, too. */
static void find_hash(const struct ext *ext, const struct ext_naming *naming, const uint8_t *entry,
		      size_t room, uint8_t hash[8])
{
	size_t len = entry[6], behind = (8 + len + 3) & ~(size_t)3;
	ext2_dirhash_t major = 0, minor = 0;

	memset(hash, 0, 8);
	if (naming->hash_lies_behind && behind + 8 <= room)
		memcpy(hash, entry + behind, 8);
	if (naming->hash_lies_behind || !naming->hashed ||
	    ext2fs_dirhash(naming->hash_version, (const char *)entry + 8, (int)len,
			   ext->lib->super->s_hash_seed, &major, &minor) != 0)
		return;
	put_hash(hash, major);
	put_hash(hash + 4, minor);
}

size_t ext_nokey_name(const struct ext *ext, const struct ext_naming *naming, const uint8_t *entry,
		      size_t room, char out[EXT_NOKEY_MAX])
{
	uint8_t bytes[8 + NOKEY_BYTES + 32];
	size_t len = entry[6], first = len < NOKEY_BYTES ? len : NOKEY_BYTES, n = 8 + first;

	find_hash(ext, naming, entry, room, bytes);
	memcpy(bytes + 8, entry + 8, first);
	if (len > NOKEY_BYTES) {
		sha256(entry + 8 + NOKEY_BYTES, len - NOKEY_BYTES, bytes + n);
		n += 32;
	}
	return base64url(bytes, n, out);
}
