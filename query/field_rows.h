/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of fields: all that a piece of an access has.  No guard: who includes it has defined
   FIELD(identifier, name, column, key, type, unit, source, help): the name in filters, the column in CSV, where
   it stands in `dump --json`.  In CSV the columns have this order, and new ones come last. */

FIELD(IO_INDEX, "io.index", "index", "index", NUMBER, NONE, ACCESS,
      "number of the access among those that count, from 0")
FIELD(REGION_START, "region.start", "start", "regions[].start", NUMBER, SECTORS, PLACE,
      "first sector of the piece, on the disk")
FIELD(REGION_SECTORS, "region.sectors", "sectors", "regions[].sectors", NUMBER, SECTORS, PLACE,
      "sectors of the piece")
FIELD(IO_OP, "io.op", "op", "op", TEXT, NONE, ACCESS,
      "operation: read, write, discard, zero, flush, zone-append, zone-reset")
FIELD(IO_TIME, "io.time", "time", "time", NUMBER, SECONDS, ACCESS,
      "when, since whatever the trace counts from")
FIELD(IO_LATENCY, "io.latency", "latency", "latency_us", NUMBER, SECONDS, ACCESS,
      "time from issue to completion")
FIELD(IO_START, "io.start", "io_start", "start", NUMBER, SECTORS, ACCESS,
      "first sector of the access, on the disk")
FIELD(IO_SECTORS, "io.sectors", "io_sectors", "sectors", NUMBER, SECTORS, ACCESS, "sectors of the access")
FIELD(IO_BYTES, "io.bytes", "io_bytes", "", NUMBER, BYTES, ACCESS, "bytes of the access")
FIELD(IO_ALIGNED, "io.aligned", "aligned", "aligned", FLAG, NONE, ACCESS,
      "begins and ends on the unit of --align")
FIELD(IO_FLAGS, "io.flags", "io_flags", "fua, uncertain", WORDS, NONE, ACCESS,
      "fua, sync, meta, ahead, preflush, failed, unfinished, ragged, uncertain, zone-append, zone-reset")
FIELD(IO_DEVICE, "io.device", "device_name", "device_name", TEXT, NONE, ACCESS,
      "the device, as the trace names it")
FIELD(IO_PID, "io.pid", "pid", "pid", NUMBER, NONE, ACCESS, "process that the trace names")
FIELD(IO_COMM, "io.comm", "comm", "comm", TEXT, NONE, ACCESS, "command of that process")
FIELD(IO_WHO, "io.who", "who", "", TEXT, NONE, ACCESS,
      "who made the data dirty, where the trace tells, else the command")
FIELD(IO_RELATIVE_START, "io.relative_start", "relative_start", "relative_start", NUMBER, SECTORS, ACCESS,
      "first sector as the trace has it, with --relative-to")
FIELD(REGION_BYTES, "region.bytes", "bytes", "", NUMBER, BYTES, PLACE, "bytes of the piece")
FIELD(REGION_DEVICE, "region.device", "device", "regions[].device", TEXT, NONE, PLACE,
      "innermost partition, volume or disk")
FIELD(REGION_DEVICE_START, "region.device_start", "device_start", "regions[].device_start", NUMBER, SECTORS,
      REGION, "first sector of the piece in that device")
FIELD(REGION_STACK, "region.stack", "stack", "regions[].stack", WORDS, NONE, REGION,
      "all devices that the piece lies in, outermost first")
FIELD(REGION_KIND, "region.kind", "kind", "regions[].kind", TEXT, NONE, PLACE,
      "what lies there: file-data, journal, inode-table ...")
FIELD(REGION_FS, "region.fs", "fs", "regions[].fs", TEXT, NONE, REGION,
      "type of the file system or of the contents")
FIELD(REGION_BLOCK, "region.block", "block", "regions[].block", NUMBER, NONE, REGION,
      "first block of the piece in the file system")
FIELD(REGION_GROUP, "region.group", "group", "regions[].group", NUMBER, NONE, REGION,
      "block group, or allocation group")
FIELD(REGION_LEVEL, "region.level", "level", "regions[].level", NUMBER, NONE, REGION,
      "level in a B-tree, 0 for leaves")
FIELD(REGION_FLAGS, "region.flags", "region_flags", "regions[].flags", WORDS, NONE, REGION,
      "unwritten, deleted, stale, damaged, encrypted, verity, unmapped")
FIELD(REGION_LABEL, "region.label", "label", "regions[].label", TEXT, NONE, REGION,
      "label of contents that are only recognised")
FIELD(REGION_UUID, "region.uuid", "uuid", "regions[].uuid", TEXT, NONE, REGION,
      "UUID of contents that are only recognised")
FIELD(REGION_PAYLOAD, "region.payload_sector", "payload_sector", "regions[].payload_sector", NUMBER, SECTORS,
      REGION, "where the piece begins in the opened LUKS device")
FIELD(REGION_FIRST_INODE, "region.first_inode", "first_inode", "regions[].inodes[0]", NUMBER, NONE, REGION,
      "in an inode table, the first inode of the piece")
FIELD(REGION_LAST_INODE, "region.last_inode", "last_inode", "regions[].inodes[1]", NUMBER, NONE, REGION,
      "and the last")
FIELD(FILE_PATH, "file.path", "path", "regions[].path", TEXT, NONE, PATH,
      "owner's path in its file system, as of the access where that is known")
FIELD(FILE_DIR, "file.dir", "dir", "", TEXT, NONE, PATH, "directory of that path")
FIELD(FILE_NAME, "file.name", "name", "", TEXT, NONE, PATH, "last part of that path")
FIELD(FILE_EXT, "file.ext", "ext", "", TEXT, NONE, PATH, "what follows the name's last dot, without it")
FIELD(FILE_INODE, "file.inode", "inode", "regions[].inode", NUMBER, NONE, REGION, "owner's inode number")
FIELD(FILE_GENERATION, "file.generation", "generation", "regions[].generation", NUMBER, NONE, REGION,
      "generation of that inode")
FIELD(FILE_OFFSET, "file.offset", "offset", "regions[].offset", NUMBER, BYTES, REGION,
      "where the piece begins in the file")
FIELD(FILE_PATH_NOW, "file.path_now", "path_now", "regions[].path_now", TEXT, NONE, PATH,
      "what the file is called by now, where that is something else")
FIELD(FILE_WAS, "file.was", "was", "regions[].was.path", TEXT, NONE, PATH,
      "of free sectors: path of the last owner")
FIELD(FILE_WAS_INODE, "file.was_inode", "was_inode", "regions[].was.inode", NUMBER, NONE, REGION,
      "of free sectors: inode of the last owner")
FIELD(JOURNAL_TID, "journal.tid", "journal_tid", "regions[].journal.tid", NUMBER, NONE, REGION,
      "transaction of a block of the journal")
FIELD(JOURNAL_TYPE, "journal.type", "journal_type", "regions[].journal.type", TEXT, NONE, REGION,
      "superblock, descriptor, data, revoke, commit, fast-commit, unused")
FIELD(JOURNAL_TARGET, "journal.target", "journal_target", "regions[].journal.target", NUMBER, NONE, REGION,
      "home block of a copy in the journal")
FIELD(LABEL_AS_OF, "label.as_of", "as_of", "regions[].as_of", NUMBER, NONE, REGION,
      "transaction that the label is as of")
FIELD(LABEL_UNCERTAIN, "label.uncertain", "uncertain", "regions[].uncertain", FLAG, NONE, REGION,
      "the label may not be the one that was true")
FIELD(LABEL_WHY, "label.why", "why", "regions[].why", TEXT, NONE, REGION,
      "why: before-history, gap, torn, reused, short-lived, image-time")
