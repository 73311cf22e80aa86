/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

static void drives_are_told_apart_by_file_name(void **state)
{
	static const char two[] =
	    "bdrv_open_common bs 0x1 filename \"/tmp/a \"b\".img\" flags 0x2002 format_name \"file\"\n"
	    "bdrv_open_common bs 0x2 filename \"/tmp/a \"b\".img\" flags 0x2002 format_name \"raw\"\n"
	    "bdrv_open_common bs 0x3 filename \"other\" flags 0x2002 format_name \"raw\"\n"
	    "blk_root_attach child 0x9 blk 0x8 bs 0x2\n"
	    "blk_co_preadv blk 0x8 bs 0x2 offset 0 bytes 512 flags 0x0\n"
	    "blk_co_pwritev blk 0x7 bs 0x3 offset 512 bytes 512 flags 0x10\n";
	static const struct trace_options other = {.device = "other"};

	(void)state;
	expect(two, "error: holds several devices; choose one with --device: /tmp/a \"b\".img, other\n");
	expect_options(two, &other, "write 1 1 flags=1 dev=other\n");
}

static void prefix_flags_and_other_text(void **state)
{
	(void)state;
	expect("qemu-system-x86_64: warning: something\n"
	       "15396@1795324504.388155:blk_co_preadv blk 0x1 bs 0x2 offset 0 bytes 512 flags 0x0\n"
	       "15396@1795324504.388156:blk_co_pwritev blk 0x1 bs 0x2 offset 100 bytes 1024 flags 0x6\n"
	       "[    0.0] boot15396@1795324504.388157:blk_co_preadv blk 0x1 bs 0x2 offset 0 bytes 512 flags "
	       "0x0\n",
	       "read 0 1 @1795324504388155000 pid=15396 dev=blk 0x1\n"
	       "zero 0 3 @1795324504388156000 pid=15396 flags=80 dev=blk 0x1\n"
	       "note: 1 events stand behind other text on their lines and are not counted\n");
}

static void one_family_counts(void **state)
{
	static const char text[] = "bdrv_co_preadv_part bs 0x2 offset 0 bytes 512 flags 0x0\n"
				   "virtio_blk_handle_read vdev 0x5 req 0x6 sector 0 nsectors 1\n"
				   "blk_co_preadv blk 0x1 bs 0x2 offset 0 bytes 512 flags 0x0\n"
				   "virtio_blk_req_complete vdev 0x5 req 0x6 status 0\n";
	static const struct trace_options bdrv = {.event = "bdrv_co"}, virtio = {.event = "virtio_blk"},
					  none = {.event = "ide"}, wrong = {.event = "issue"};

	(void)state;
	expect(text, "read 0 1 dev=blk 0x1\n");
	expect_options(text, &bdrv, "read 0 1 dev=bs 0x2\n");
	expect_options(text, &virtio, "read 0 1 dev=vdev 0x5\n");
	expect_options(text, &none, "error: has no ide events\n");
	expect_options(
	    text, &wrong,
	    "error: --event 'issue': for a QEMU log expected one of blk_co, virtio_blk, scsi_disk, ide, "
	    "pci_nvme, bdrv_aio, bdrv_co, paio\n");
}

static void virtio_requests_have_latencies(void **state)
{
	(void)state;
	expect("1@10.000001:virtio_blk_handle_write req 0x6 sector 8 nsectors 8\n"
	       "1@10.000004:virtio_blk_req_complete req 0x6 status 1\n",
	       "write 8 8 @10000001000 +3000 pid=1 flags=20 dev=virtio_blk\n");
}

/* A file that holds an image is no drive; one that is opened as it is, is. */
static void what_qemu_does_to_the_files_of_images_is_left_out(void **state)
{
	(void)state;
	expect("bdrv_open_common bs 0x1 filename \"a.img\" flags 0x2 format_name \"file\"\n"
	       "blk_co_preadv blk 0x9 bs 0x1 offset 0 bytes 2048 flags 0x0\n"
	       "bdrv_open_common bs 0x2 filename \"a.img\" flags 0x2 format_name \"raw\"\n"
	       "blk_co_preadv blk 0x8 bs 0x2 offset 512 bytes 512 flags 0x0\n",
	       "read 1 1 dev=a.img\n"
	       "note: 1 accesses of QEMU itself to the files that images lie in are left out\n");
	expect("bdrv_open_common bs 0x1 filename \"a.img\" flags 0x2 format_name \"file\"\n"
	       "blk_co_preadv blk 0x9 bs 0x1 offset 0 bytes 2048 flags 0x0\n",
	       "read 0 4 dev=a.img\n");
}

static void older_and_device_events(void **state)
{
	(void)state;
	expect("bdrv_aio_readv bs 0x1 sector_num 2 nb_sectors 4 opaque (nil)\n", "read 2 4 dev=bs 0x1\n");
	expect("bdrv_co_writev bs 0x1 sector_num 2 nb_sectors 4\n", "write 2 4 dev=bs 0x1\n");
	expect("bdrv_co_pwritev bs 0x1 offset 512 nbytes 512 flags 0x0\n", "write 1 1 dev=bs 0x1\n");
	expect("bdrv_co_pwrite_zeroes bs 0x1 offset 512 count 512 flags 0x4\n", "zero 1 1 dev=bs 0x1\n");
	expect("paio_submit acb 0x1 opaque 0x2 sector_num 8 nb_sectors 1 type 2\n", "write 8 1 dev=paio\n");
	expect("scsi_disk_dma_command_READ Read (sector 16, count 8)\n"
	       "scsi_disk_dma_command_WRITE Write and verify (sector 24, count 8)\n",
	       "read 16 8 dev=scsi_disk\nwrite 24 8 dev=scsi_disk\n");
	expect("ide_sector_read sector=3 nsectors=2\n", "read 3 2 dev=ide\n");
	expect("ide_dma_cb IDEState 0x1; sector_num=0 n=8 cmd=DMA WRITE\n", "write 0 8 dev=IDEState 0x1\n");
	expect("pci_nvme_read cid 1 nsid 1 nlb 8 count 4096 lba 0x10\n", "read 16 8 dev=pci_nvme\n");
}

static void bad_arguments_are_named(void **state)
{
	static const struct trace_options qemu = {.format = "qemu"};

	(void)state;
	expect_options("hello\nblk_co_preadv blk 0x1 offset x\n", &qemu,
		       "error: has none of QEMU's block events (such as blk_co_preadv)\n");
	expect("blk_co_preadv blk 0x1 bs 0x2 offset 0 bytes 512 flags 0x0\nblk_co_preadv blk 0x1 bs",
	       "read 0 1 dev=blk 0x1\nnote: 1 line left out, first: 2; the last is cut off\n");
	expect_options("hello\n", &qemu, "error: has none of QEMU's block events (such as blk_co_preadv)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(drives_are_told_apart_by_file_name),
	    cmocka_unit_test(prefix_flags_and_other_text),
	    cmocka_unit_test(one_family_counts),
	    cmocka_unit_test(virtio_requests_have_latencies),
	    cmocka_unit_test(what_qemu_does_to_the_files_of_images_is_left_out),
	    cmocka_unit_test(older_and_device_events),
	    cmocka_unit_test(bad_arguments_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
