/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A read-only io_manager, with which libext2fs reads from a space.  libext2fs hands over nothing but a
   name, so the name carries the space's address. */
#include "layout/ext/ext_private.h"
#include "layout/overlay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ext_io_name(const struct space *space, char name[EXT_IO_NAME_LEN])
{
	snprintf(name, EXT_IO_NAME_LEN, "space:%" PRIxPTR, (uintptr_t)space);
}

static errcode_t io_open(const char *name, int flags, io_channel *channel)
{
	uintptr_t address;
	io_channel io;

	(void)flags;
	if (sscanf(name, "space:%" SCNxPTR, &address) != 1)
		return EXT2_ET_BAD_DEVICE_NAME;
	io = calloc(1, sizeof(*io));
	if (io == NULL)
		return EXT2_ET_NO_MEMORY;
	io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	io->manager = ext_io_manager;
	io->name = strdup(name);
	io->block_size = 1024;
	io->refcount = 1;
	io->private_data = (void *)address; // NOLINT(performance-no-int-to-ptr)
	if (io->name == NULL) {
		free(io);
		return EXT2_ET_NO_MEMORY;
	}
	*channel = io;
	return 0;
}

static errcode_t io_close(io_channel channel)
{
	if (--channel->refcount > 0)
		return 0;
	free(channel->name);
	free(channel);
	return 0;
}

static errcode_t io_set_blksize(io_channel channel, int size)
{
	channel->block_size = size;
	return 0;
}

/* A negative count is a number of bytes. */
static errcode_t io_read64(io_channel channel, unsigned long long block, int count, void *data)
{
	const struct space *space = channel->private_data;
	size_t bytes = count < 0 ? (size_t) - (long)count : (size_t)count * (size_t)channel->block_size;
	struct err why;

	if (block > UINT64_MAX / (unsigned)channel->block_size)
		return EXT2_ET_SHORT_READ;
	if (space_read(space, block * (unsigned)channel->block_size, data, bytes, &why) != 0)
		return why.errnum != 0 ? why.errnum : EXT2_ET_SHORT_READ;
	return 0;
}

static errcode_t io_read(io_channel channel, unsigned long block, int count, void *data)
{
	return io_read64(channel, block, count, data);
}

/* Part of a block, into the overlay. */
static errcode_t write_part(const struct space *space, uint64_t offset, const uint8_t *data, size_t len)
{
	struct overlay *overlay = space->overlay;
	uint64_t block = offset / overlay->block_size;
	uint8_t *bytes = malloc(overlay->block_size);
	struct err why;
	int result = -1;

	if (bytes == NULL)
		return EXT2_ET_NO_MEMORY;
	if (space_read(space, block * overlay->block_size, bytes, overlay->block_size, &why) == 0) {
		memcpy(bytes + offset % overlay->block_size, data, len);
		result = overlay_put(overlay, block, bytes);
		overlay->altered = true;
	}
	free(bytes);
	return result == 0 ? 0 : EXT2_ET_SHORT_WRITE;
}

/* Nothing is ever written to a disk. */
static errcode_t io_write64(io_channel channel, unsigned long long block, int count, const void *data)
{
	const struct space *space = channel->private_data;
	size_t bytes = count < 0 ? (size_t) - (long)count : (size_t)count * (size_t)channel->block_size, part;
	uint64_t offset = block * (unsigned)channel->block_size;
	errcode_t why = 0;

	if (space->overlay == NULL || !space->overlay->writable ||
	    block > UINT64_MAX / (unsigned)channel->block_size)
		return EXT2_ET_RO_FILSYS;
	for (; bytes > 0 && why == 0; bytes -= part, offset += part) {
		part = space->overlay->block_size - (size_t)(offset % space->overlay->block_size);
		part = part < bytes ? part : bytes;
		why = write_part(space, offset, data, part);
		data = (const uint8_t *)data + part;
	}
	return why;
}

static errcode_t io_write(io_channel channel, unsigned long block, int count, const void *data)
{
	return io_write64(channel, block, count, data);
}

static errcode_t io_flush(io_channel channel)
{
	(void)channel;
	return 0;
}

static struct struct_io_manager manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "blkmap space",
    .open = io_open,
    .close = io_close,
    .set_blksize = io_set_blksize,
    .read_blk = io_read,
    .write_blk = io_write,
    .flush = io_flush,
    .read_blk64 = io_read64,
    .write_blk64 = io_write64,
};

const io_manager ext_io_manager = &manager;
