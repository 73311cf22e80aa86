/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a disk: by pread from a file or a block device, or over NBD from a server or from what a
   captive qemu-nbd makes of an image format. */
#include "layout/disk/image.h"

#include "base/openfile.h"
#include "base/size.h"
#include "base/text.h"
#include "layout/disk/chain.h"
#include "layout/disk/container.h"
#include "layout/disk/cut_off.h"
#include "layout/disk/nbd.h"
#include "layout/disk/unread.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
	int fd;          /* -1 for NBD */
	struct nbd *nbd; /* NULL for files and devices */
	uint64_t bytes;
	uint32_t sector_size;
	bool is_file; /* a raw one, which may have holes */
	bool in_use;
	struct stat was; /* a file's, when it was opened */
	char note[256];
	_Atomic uint64_t bytes_read;
	struct unread unread;
	struct chain chain; /* what a disk in one of QEMU's formats lies in */

	struct account *account; /* or NULL */
	_Atomic uint8_t *seen;   /* a bit for each unit of the disk that was read */
	unsigned seen_shift;     /* the unit */
};

static int find_size(struct image *image, struct err *err)
{
	struct stat st;
	int sector_size;

	if (fstat(image->fd, &st) != 0)
		return err_set(err, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "is a directory, expected a disk image or a block device");
	image->was = st;
	image->is_file = S_ISREG(st.st_mode);
	if (image->is_file) {
		image->bytes = (uint64_t)st.st_size;
		return 0;
	}
	if (!S_ISBLK(st.st_mode))
		return err_set(err, "is neither a file nor a block device");
	if (ioctl(image->fd, BLKGETSIZE64, &image->bytes) != 0)
		return err_set(err, "cannot ask for its size: %s", strerror(errno));
	if (ioctl(image->fd, BLKSSZGET, &sector_size) == 0 && sector_size >= (int)SECTOR_SIZE)
		image->sector_size = (uint32_t)sector_size;
	return 0;
}

/* The kernel gives nobody a block device for himself alone that it uses. */
static bool is_busy(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_EXCL | O_NONBLOCK);

	if (fd < 0)
		return errno == EBUSY;
	close(fd);
	return false;
}

/* What is in one of QEMU's formats, or said to be. */
static int open_format(struct image *image, const char *path, const char *format,
		       const struct image_options *options, struct err *err)
{
	struct cut_off file = {.fd = image->fd,
			       .path = path,
			       .format = format,
			       .bytes = image->bytes,
			       .note = image->note,
			       .note_len = sizeof(image->note)};
	struct text json = {0};
	int result = chain_find(&image->chain, image->fd, path, format, options, &json, err);

	if (result == 0)
		result = cut_off_check(&file, err);
	if (result == 0)
		result = nbd_open_format(&image->nbd, json.at, format, &image->bytes, err);
	text_free(&json);
	return result;
}

/* The format to ask QEMU for, NULL for raw bytes; -1 for what is none of a disk's. */
static int choose_format(struct image *image, const struct image_options *options, const char **format,
			 struct err *err)
{
	*format = options->format;
	if (*format == NULL) {
		*format = cut_off_format(image->fd, image->bytes);
		if (*format == NULL && image->is_file && container_check(image->fd, image->bytes, err) != 0)
			return -1;
		/* It looks there for marks; what cannot be read is told. */
		if (*format == NULL && image->is_file && image->bytes >= SECTOR_SIZE) {
			uint8_t sector[SECTOR_SIZE];
			struct err why;

			(void)!image_read(image, image->bytes - SECTOR_SIZE, sector, sizeof(sector), &why);
		}
		return 0;
	}
	if (strcmp(*format, "raw") == 0)
		*format = NULL;
	return 0;
}

static int open_file(struct image *image, const char *path, const struct image_options *options,
		     struct err *err)
{
	const char *format;

	image->fd = file_open(path, FILE_DISK, err);
	if (image->fd < 0 || find_size(image, err) != 0)
		return -1;
	image->in_use = !image->is_file && is_busy(path);
	if (choose_format(image, options, &format, err) != 0)
		return -1;
	image->is_file = format == NULL && image->is_file;
	return format == NULL ? 0 : open_format(image, path, format, options, err);
}

static bool is_uri(const char *path)
{
	return strncmp(path, "nbd://", 6) == 0 || strncmp(path, "nbd+unix://", 11) == 0 ||
	       strncmp(path, "nbds://", 7) == 0 || strncmp(path, "nbds+unix://", 12) == 0;
}

bool image_format_is_known(const char *format)
{
	static const char *const formats[] = {"raw",  "qcow2", "qcow", "vmdk",      "vdi",
					      "vhdx", "vpc",   "qed",  "parallels", NULL};

	for (size_t i = 0; formats[i] != NULL; i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	return false;
}

int image_open(struct image **result, const char *path, const struct image_options *options, struct err *err)
{
	static const struct image_options none = {.format = NULL};
	struct image *image;
	int failed = options && options->opened ? options->opened(path, result, err) : 0;

	if (failed != 0)
		return failed < 0 ? -1 : 0;
	image = calloc(1, sizeof(*image));
	if (image == NULL)
		return err_nomem(err);
	image->fd = -1;
	unread_init(&image->unread);
	failed = is_uri(path) ? nbd_open_uri(&image->nbd, path, &image->bytes, err)
			      : open_file(image, path, options ? options : &none, err);
	if (!failed && image->bytes < SECTOR_SIZE)
		failed = err_set(err, "is %" PRIu64 " bytes long, expected a disk of at least one sector",
				 image->bytes);
	if (failed) {
		image_close(image);
		return -1;
	}
	*result = image;
	return 0;
}

void image_close(struct image *image)
{
	if (image == NULL)
		return;
	nbd_free(image->nbd);
	if (image->fd >= 0)
		close(image->fd);
	unread_done(&image->unread);
	free(image->seen);
	chain_done(&image->chain);
	free(image);
}

uint64_t image_sectors(const struct image *image)
{
	return image->bytes >> SECTOR_SHIFT;
}

const char *image_file(const struct image *image, size_t i)
{
	return i + 1 < image->chain.n ? image->chain.at[i + 1].path : NULL;
}

bool image_is_raw(const struct image *image)
{
	return image->nbd == NULL;
}

bool image_is_in_use(const struct image *image)
{
	return image->in_use;
}

const char *image_note(const struct image *image)
{
	return image->note;
}

uint32_t image_sector_size(const struct image *image)
{
	return image->sector_size;
}

#define HOLE_WORTH (64u << 10) /* reads of fewer bytes are not worth asking where the holes are */

/* Zeroes what lies in a hole of a sparse file at the start of a large read; how many bytes. */
static size_t skip_hole(const struct image *image, uint64_t offset, void *buf, size_t len)
{
	off_t data = image->is_file && len >= HOLE_WORTH ? lseek(image->fd, (off_t)offset, SEEK_DATA) : 0;
	size_t hole = 0;

	/* Behind the last data there is nothing to seek. */
	if (data < 0 && errno == ENXIO)
		hole = len;
	else if (data > (off_t)offset)
		hole = (uint64_t)data - offset < len ? (size_t)((uint64_t)data - offset) : len;
	memset(buf, 0, hole);
	return hole;
}

static int read_file(const struct image *image, uint64_t offset, void *buf, size_t len, struct err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = pread(image->fd, (char *)buf + done, len - done, (off_t)(offset + done));
		int reason = errno;

		if (got < 0 && reason == EINTR)
			continue;
		if (got < 0) {
			err_set(err, "cannot read at byte %" PRIu64 ": %s", offset + done, strerror(reason));
			err->errnum = reason;
			return -1;
		}
		if (got == 0)
			return err_set(err, "ends at byte %" PRIu64 ", while it was read", offset + done);
		done += (size_t)got;
	}
	return 0;
}

static int read_piece(const struct image *image, uint64_t offset, void *buf, size_t len, struct err *err)
{
	return image->nbd != NULL ? nbd_read(image->nbd, offset, buf, len, err)
				  : read_file(image, offset, buf, len, err);
}

#define BAD_IN_A_ROW 64 /* sectors; then the rest of a request is taken for bad too, each try being slow */

/* After a read error: reads sector by sector, and remembers which cannot be. */
static void read_sectors(struct image *image, uint64_t offset, char *buf, size_t len)
{
	unsigned bad = 0;

	while (len > 0) {
		size_t rest = SECTOR_SIZE - offset % SECTOR_SIZE, n = rest < len ? rest : len;
		struct err why;

		if (bad < BAD_IN_A_ROW && read_piece(image, offset, buf, n, &why) == 0) {
			bad = 0;
		} else {
			bad++;
			memset(buf, 0, n);
			unread_add(&image->unread, offset >> SECTOR_SHIFT);
		}
		offset += n;
		buf += n;
		len -= n;
	}
}

#define SEEN_SHIFT_MIN 12
#define SEEN_UNITS_MAX (UINT64_C(1) << 27)

void image_charge(struct image *image, struct account *account)
{
	image->seen_shift = SEEN_SHIFT_MIN;
	while (image->bytes >> image->seen_shift >= SEEN_UNITS_MAX)
		image->seen_shift++;
	image->seen = calloc((image->bytes >> image->seen_shift) / 8 + 1, 1);
	image->account = image->seen != NULL ? account : NULL;
}

/* How many of these bytes lie in units that nobody has read before. */
static uint64_t see(struct image *image, uint64_t offset, uint64_t len)
{
	uint64_t unit = UINT64_C(1) << image->seen_shift, fresh = 0;

	for (uint64_t at = offset, end = offset + len; at < end; at = (at / unit + 1) * unit) {
		uint64_t bit = at / unit, stop = (bit + 1) * unit;
		uint8_t mask = (uint8_t)(1u << (bit & 7));

		if (atomic_load_explicit(&image->seen[bit >> 3], memory_order_relaxed) & mask)
			continue;
		if (!(atomic_fetch_or_explicit(&image->seen[bit >> 3], mask, memory_order_relaxed) & mask))
			fresh += (stop < end ? stop : end) - at;
	}
	return fresh;
}

#define READ_WORK 512     /* what a read costs besides its bytes */
#define HOLE_WORK_SHIFT 6 /* holes cost little and are no bytes that could be read */

/* Charges a read whose first bytes are a hole. */
static int charge(struct image *image, uint64_t offset, size_t hole, size_t len, struct err *err)
{
	if (image->account == NULL)
		return 0;
	account_saw(image->account, see(image, offset + hole, len - hole));
	if (account_work(image->account, READ_WORK + (hole >> HOLE_WORK_SHIFT) + (len - hole)))
		return 0;
	return err_set(err, "more would have to be read again and again than a sound disk needs");
}

int image_read(struct image *image, uint64_t offset, void *buf, size_t len, struct err *err)
{
	size_t done;

	if (offset > image->bytes || len > image->bytes - offset)
		return err_set(err, "bytes %" PRIu64 "+%zu end beyond the disk, which has %" PRIu64, offset,
			       len, image->bytes);
	done = skip_hole(image, offset, buf, len);
	if (charge(image, offset, done, len, err) != 0)
		return -1;
	atomic_fetch_add_explicit(&image->bytes_read, len - done, memory_order_relaxed);
	if (read_piece(image, offset + done, (char *)buf + done, len - done, err) == 0)
		return 0;
	if (err->errnum != 0 && image_check(image, err) == 0) {
		unread_reason(&image->unread, err->errnum);
		read_sectors(image, offset + done, (char *)buf + done, len - done);
	}
	return -1;
}

size_t image_unreadable(struct image *image, const struct image_bad **bad, int *errnum)
{
	return unread_sort(&image->unread, bad, errnum);
}

bool image_has_changed(const struct image *image)
{
	const struct stat *was = &image->was;
	struct stat now;

	return image->fd >= 0 && S_ISREG(was->st_mode) && fstat(image->fd, &now) == 0 &&
	       (now.st_size != was->st_size || now.st_mtim.tv_sec != was->st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != was->st_mtim.tv_nsec);
}

int image_check(const struct image *image, struct err *err)
{
	if (image->nbd == NULL || !nbd_is_lost(image->nbd))
		return 0;
	return err_set(err, "the server of the disk has gone: nothing more can be read");
}

uint64_t image_bytes_read(const struct image *image)
{
	return atomic_load_explicit(&((struct image *)image)->bytes_read, memory_order_relaxed);
}
