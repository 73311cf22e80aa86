/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NVMe, SCSI and UFS commands in the text of tracepoints. */
#include "trace/formats/commands.h"

#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *driver_command_find(const char *text, enum command_family *family, const char **payload)
{
	static const struct {
		const char *name;
		enum command_family family;
	} names[] = {
	    {"nvme_setup_cmd: ", COMMANDS_NVME},          {"nvme_complete_rq: ", COMMANDS_NVME},
	    {"scsi_dispatch_cmd_start: ", COMMANDS_SCSI}, {"scsi_dispatch_cmd_done: ", COMMANDS_SCSI},
	    {"ufshcd_command: ", COMMANDS_UFS},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *at = strstr(text, names[i].name);

		if (at == NULL || at == text || (at[-1] != ' ' && at[-1] != ':'))
			continue;
		*family = names[i].family;
		*payload = scan_blanks(at + strlen(names[i].name));
		return at;
	}
	return NULL;
}

/* The number behind "KEY=" or "KEY: ". */
static bool number_of(const char *text, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	for (const char *at = text; (at = strstr(at, key)) != NULL; at += len)
		if (at == text || at[-1] == ' ' || at[-1] == '(')
			return scan_number(scan_blanks(at + len), value) != NULL;
	return false;
}

static bool set_place(const struct commands *commands, struct access *access, uint64_t place, uint64_t bytes)
{
	uint64_t offset;

	return !__builtin_mul_overflow(place, commands->block, &offset) &&
	       access_set_bytes(access, offset, bytes);
}

static bool set_blocks(const struct commands *commands, struct access *access, uint64_t place,
		       uint64_t blocks)
{
	return blocks < 1 << 30 && set_place(commands, access, place, blocks * commands->block);
}

/* --- NVMe --- */

struct nvme_command {
	const char *name;
	int op; /* -1: no access, -2: its places are not told */
	uint16_t flags;
};

static const struct nvme_command *nvme_command_of(const char *text)
{
	static const struct nvme_command commands[] = {
	    {"cmd=(nvme_cmd_read ", ACCESS_READ, 0},
	    {"cmd=(nvme_cmd_write ", ACCESS_WRITE, 0},
	    {"cmd=(nvme_cmd_write_zeroes ", ACCESS_ZERO, 0},
	    {"cmd=(nvme_cmd_flush", ACCESS_FLUSH, 0},
	    {"cmd=(nvme_cmd_dsm ", -2, 0},
	    {"cmd=(nvme_cmd_zone_append ", ACCESS_WRITE, ACCESS_APPEND},
	    {"cmd=(nvme_cmd_zone_mgmt_send ", ACCESS_DISCARD, ACCESS_RESET | ACCESS_UNCERTAIN},
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strstr(text, commands[i].name) != NULL)
			return &commands[i];
	return NULL;
}

static uint64_t nvme_key(const char *device, uint64_t queue, uint64_t id)
{
	uint64_t hash = 5381;

	for (; *device != '\0'; device++)
		hash = hash * 33 + (unsigned char)*device;
	return hash << 32 ^ queue << 16 ^ id;
}

static int nvme_finish(const struct commands *commands, uint64_t key, const char *text, struct event *event)
{
	uint64_t slot, status = 0;

	if (!table_get(&commands->waiting, key, &slot) || slot >= commands->issued.n)
		return 0;
	event->access = commands->issued.at[slot];
	event->stage = STAGE_COMPLETE;
	number_of(text, "status=", &status);
	if (status != 0)
		event->access.flags |= ACCESS_FAILED;
	return 1;
}

/* A place for the next command under this key: the last one that had it is done. */
static int nvme_remember(struct commands *commands, uint64_t key, const struct access *access)
{
	struct err err;
	uint64_t slot;

	if (table_get(&commands->waiting, key, &slot)) {
		commands->issued.at[slot] = *access;
		return 1;
	}
	if (commands->issued.n >= TABLE_MAX)
		return 1;
	if (table_put(&commands->waiting, key, commands->issued.n, &err) != 0 ||
	    VEC_PUSH(&commands->issued, *access) != 0)
		return -1;
	return 1;
}

static int nvme_place(struct commands *commands, const struct nvme_command *kind, const char *text,
		      struct access *access)
{
	uint64_t place, blocks = 0, action;

	access->op = (uint8_t)kind->op;
	access->flags |= kind->flags;
	if (kind->op == ACCESS_FLUSH)
		return 1;
	if (!number_of(text, "slba=", &place))
		return -1;
	if (kind->flags & ACCESS_RESET) {
		if (number_of(text, "zsa=", &action) && action != 4)
			return 0;
		return place <= ACCESS_SECTORS_MAX / (commands->block / 512) &&
			       access_set_bytes(access, place * commands->block, 512)
			   ? 1
			   : -1;
	}
	if (!number_of(text, "len=", &blocks))
		return -1;
	return set_blocks(commands, access, place, blocks + 1) ? 1 : -1;
}

static int nvme_scan(struct commands *commands, const char *name, const char *text, struct command *command)
{
	const char *disk = strstr(text, "disk="), *end;
	uint64_t queue, id, key, action;
	const struct nvme_command *kind;
	int got;

	/* Commands of the controller have no disk. */
	if (disk == NULL || !number_of(text, "qid=", &queue) || !number_of(text, "cmdid=", &id))
		return 0;
	end = strpbrk(disk, ", ");
	snprintf(command->device, sizeof(command->device), "%.*s", (int)(end ? end - disk - 5 : 0), disk + 5);
	key = nvme_key(command->device, queue, id);
	if (strncmp(name, "nvme_complete_rq", 16) == 0)
		return nvme_finish(commands, key, text, &command->event);
	kind = nvme_command_of(text);
	if (kind == NULL || kind->op < 0) {
		commands->placeless += kind != NULL;
		return 0;
	}
	command->event.stage = STAGE_ISSUE;
	if ((kind->flags & ACCESS_RESET) && number_of(text, "zsa=", &action) && action >= 1 && action <= 3) {
		command->event.zone = "CFO"[action - 1];
		return 1;
	}
	got = nvme_place(commands, kind, text, &command->event.access);
	return got == 1 ? nvme_remember(commands, key, &command->event.access) : got;
}

/* --- SCSI and UFS --- */

static int scsi_place(struct commands *commands, uint64_t opcode, const char *text, struct access *access)
{
	uint64_t place, blocks, unmap = 0;
	int got = opcode <= 0xff ? scsi_opcode_parse((uint8_t)opcode, access) : -1;

	if (got != 1 || access->op == ACCESS_FLUSH)
		return got;
	if (!number_of(text, "lba=", &place) || !number_of(text, "txlen=", &blocks)) {
		commands->placeless++;
		return 0;
	}
	if (opcode == 0x41 || opcode == 0x93)
		access->op = number_of(text, "unmap=", &unmap) && unmap ? ACCESS_DISCARD : ACCESS_ZERO;
	if (blocks == 0)
		return 0;
	return set_blocks(commands, access, place, blocks) ? 1 : -1;
}

static int scsi_scan(struct commands *commands, const char *name, const char *text, struct command *command)
{
	uint64_t host, channel, id, lun, opcode;
	const char *raw = strstr(text, "raw="), *status = strstr(text, " status=");

	if (!number_of(text, "host_no=", &host) || !number_of(text, "channel=", &channel) ||
	    !number_of(text, "id=", &id) || !number_of(text, "lun=", &lun) || raw == NULL ||
	    scan_hex(raw + 4, &opcode) == NULL)
		return -1;
	snprintf(command->device, sizeof(command->device), "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64,
		 host, channel, id, lun);
	command->event.stage =
	    strncmp(name, "scsi_dispatch_cmd_done", 22) == 0 ? STAGE_COMPLETE : STAGE_ISSUE;
	if (status != NULL && scan_text(status, " status=SAM_STAT_GOOD") == NULL &&
	    scan_text(status, " status=0x0)") == NULL)
		command->event.access.flags |= ACCESS_FAILED;
	return scsi_place(commands, opcode, text, &command->event.access);
}

/* "send_req: 0:0:0:4: tag: 10, DB: ..., size: N, IS: N, LBA: N, opcode: 0x2a ..." */
static int ufs_scan(struct commands *commands, const char *text, struct command *command)
{
	const char *colon = strstr(text, ": "), *tag = strstr(text, "tag: ");
	uint64_t size, place, opcode;
	int got;

	if (colon == NULL || tag == NULL || !number_of(text, "opcode:", &opcode))
		return -1;
	if (strncmp(text, "send", 4) != 0 && strncmp(text, "complete", 8) != 0)
		return 0;
	command->event.stage = text[0] == 's' ? STAGE_ISSUE : STAGE_COMPLETE;
	colon += 2;
	snprintf(command->device, sizeof(command->device), "%.*s",
		 tag > colon + 1 ? (int)(tag - colon - 2) : 0, colon);
	got = opcode <= 0xff ? scsi_opcode_parse((uint8_t)opcode, &command->event.access) : -1;
	if (got != 1 || command->event.access.op == ACCESS_FLUSH)
		return got;
	/* Size -1: the kernel tells nothing of this command. */
	if (!number_of(text, "size:", &size) || !number_of(text, "LBA:", &place) || size == 0) {
		commands->placeless++;
		return 0;
	}
	commands->low_bits |= place;
	return set_place(commands, &command->event.access, place, size) ? 1 : -1;
}

int driver_command_scan(struct commands *commands, enum command_family family, const char *name,
			const char *payload, struct command *command)
{
	int got;

	memset(command, 0, sizeof(*command));
	command->event.access = access_blank();
	if (family == COMMANDS_NVME)
		got = nvme_scan(commands, name, payload, command);
	else if (family == COMMANDS_SCSI)
		got = scsi_scan(commands, name, payload, command);
	else
		got = ufs_scan(commands, payload, command);
	commands->counted += got == 1 && command->event.stage == STAGE_ISSUE;
	return got;
}

void commands_done(struct commands *commands)
{
	table_done(&commands->waiting);
	VEC_FREE(&commands->issued);
}

/* "nvme", "scsi", "ufs" or "block", what counts; or the bytes of a logical block. */
static bool take_word(struct commands *commands, enum command_family *family, const char *at, size_t len,
		      bool *chosen)
{
	static const char *const names[] = {"block", "nvme", "scsi", "ufs"};
	uint64_t bytes;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && strncmp(names[i], at, len) == 0) {
			*family = (enum command_family)i;
			*chosen = true;
			return true;
		}
	if (scan_decimal(at, &bytes) != at + len || bytes < 512 || bytes > 65536 ||
	    (bytes & (bytes - 1)) != 0)
		return false;
	commands->block = bytes;
	return true;
}

int commands_options(struct commands *commands, const char *argument, enum command_family *family,
		     bool *chosen, struct err *err)
{
	const char *at = argument;

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, ",");

		if (!take_word(commands, family, at, len, chosen))
			return err_set(err,
				       "--format ftrace:%s: expected block, nvme, scsi or ufs, the size of a "
				       "logical block in bytes, or both with a comma",
				       argument);
		at += len + (at[len] == ',');
	}
	return 0;
}

/* What counts, when nobody said it: requests where there are any in the first bytes, else what is there
   first. */
enum command_family commands_first(const uint8_t *bytes, size_t len)
{
	static const char *const signs[] = {
	    "nvme_setup_cmd: ", "scsi_dispatch_cmd_start: ", "ufshcd_command: "};
	enum command_family found = COMMANDS_NONE;
	const uint8_t *first = NULL;

	if (memmem(bytes, len, "block_rq_", 9) != NULL || memmem(bytes, len, "block_bio_", 10) != NULL)
		return COMMANDS_NONE;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const uint8_t *at = memmem(bytes, len, signs[i], strlen(signs[i]));

		if (at != NULL && (first == NULL || at < first)) {
			first = at;
			found = (enum command_family)(i + 1);
		}
	}
	return found;
}
