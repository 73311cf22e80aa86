/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracepoints of drivers, which tell of commands instead of requests (Linux drivers/nvme/host/trace.h and
   trace.c, include/trace/events/scsi.h and drivers/scsi/scsi_trace.c, include/trace/events/ufs.h):

     nvme_setup_cmd: nvme0: disk=nvme0n1, qid=3, cmdid=9, ..., cmd=(nvme_cmd_write slba=16488, len=7, ...)
     nvme_complete_rq: nvme0: disk=nvme0n1, qid=3, cmdid=9, res=0x0, retries=0, flags=0x0, status=0x0
     scsi_dispatch_cmd_start: host_no=0 channel=0 id=0 lun=0 ... cmnd=(WRITE_10 lba=16488 txlen=8 ... raw=2a
   00 ...) scsi_dispatch_cmd_done: the same, then result=(... status=SAM_STAT_GOOD) ufshcd_command: send_req:
   0:0:0:4: tag: 10, DB: 0x0, size: 4096, IS: 0, LBA: 2061, opcode: 0x2a (WRITE_10), ...

   Places and lengths are in logical blocks of the device, whose size they do not say (of UFS, lengths are
   bytes, and before about Linux 5.14 places are sectors of 512 bytes); NVMe's len counts from 0. */
#ifndef TRACE_FORMATS_COMMANDS_H
#define TRACE_FORMATS_COMMANDS_H

#include "base/vec.h"
#include "trace/formats/table.h"
#include "trace/requests/events.h"

enum command_family { COMMANDS_NONE, COMMANDS_NVME, COMMANDS_SCSI, COMMANDS_UFS };

/* Starts zeroed but for the block size. */
struct commands {
	uint64_t block;            /* bytes of a logical block */
	struct table waiting;      /* of NVMe: by queue and command, an index into `issued` */
	VEC(struct access) issued; /* what waits for its completion */
	uint64_t counted, placeless;
	uint64_t low_bits; /* of UFS: of all places */
};

/* Finds "EVENT: " of a driver in a line: where the name begins, its family, and what follows; NULL for
   none. */
const char *driver_command_find(const char *text, enum command_family *family, const char **payload);

/* Takes an event apart: its access (without time, process and command), stage and device; 1, 0 when it is no
   access, -1 when it is not understood. */
struct command {
	char device[64];
	struct event event;
};
int driver_command_scan(struct commands *commands, enum command_family family, const char *name,
			const char *payload, struct command *command);

/* What the user said: "block", "nvme", "scsi" or "ufs" counts, then *chosen; or how long a block is. */
int commands_options(struct commands *commands, const char *argument, enum command_family *family,
		     bool *chosen, struct err *err);

/* What counts, when nobody said it: requests where there are any in the first bytes, else what is there first. */
enum command_family commands_first(const uint8_t *bytes, size_t len);

void commands_done(struct commands *commands);

#endif
