# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of other people's tools, as their documentation or their users show them, and what they say: (name, what lies
around it, file, options, accesses as "OP START+SECTORS [DEVICE]", notes that must be there). A text in place of the
accesses is an error that must be told."""

FTRACE = "# tracer: nop\n"
NVME = ("  fio-18234   [003] d..1.  2847.331205: nvme_setup_cmd: nvme0: disk=nvme0n1, qid=3, cmdid=4102, nsid=1, flags=0x0, "
        "meta=0x0, cmd=(nvme_cmd_{} slba=16488, len=7, ctrl=0x0, dsmgmt=0, reftag=0)\n"
        "  <idle>-0   [003] d.h1.  2847.331305: nvme_complete_rq: nvme0: disk=nvme0n1, qid=3, cmdid=4102, res=0x0, "
        "retries=0, flags=0x0, status={}\n")
SCSI = ("    test-2991    [000] .....   119.255974: scsi_dispatch_cmd_start: host_no=0 channel=0 id=0 lun=3 data_sgl=20 "
        "prot_sgl=0 prot_op=0x0 driver_tag=19 scheduler_tag=40 cmnd=(READ_10 lba=505083904 txlen=2560 protect=0 raw=28 00 "
        "1e 1a f8 00 00 0a 00 00)\n"
        "   <idle>-0     [000]  d.h2.   119.323166: scsi_dispatch_cmd_done: host_no=0 channel=0 id=0 lun=3 data_sgl=20 "
        "prot_sgl=0 prot_op=0x0 driver_tag=19 scheduler_tag=40 cmnd=(READ_10 lba=505083904 txlen=2560 protect=0 raw=28 00 "
        "1e 1a f8 00 00 0a 00 00) result=(driver=DRIVER_OK host=0x0 message=COMMAND_COMPLETE status=SAM_STAT_GOOD)\n"
        "    kworker/u16:9-325     [000] ...2.   230.478745: scsi_dispatch_cmd_start: host_no=0 channel=0 id=0 lun=3 "
        "data_sgl=0 prot_sgl=0 prot_op=SCSI_PROT_NORMAL driver_tag=0 scheduler_tag=0 cmnd=(SYNCHRONIZE_CACHE - raw=35 00 00 "
        "00 00 00 00 00 00 00)\n")
UFS = ("    kworker/8:0H-80      [008] .....    89.106063: ufshcd_command: send_req: 0:0:0:4: tag: 10, DB: 0x7ffffbff, size: "
       "524288, IS: 0, LBA: {}, opcode: 0x8a (WRITE_16), group_id: 0x0\n"
       "              dd-4225    [000] d.h..    89.106219: ufshcd_command: complete_rsp: 0:0:0:4: tag: 10, DB: 0x7ffff7ff, "
       "size: 524288, IS: 0, LBA: {}, opcode: 0x8a (WRITE_16), group_id: 0x0\n")
LTTNG = ("[13:48:33.034586321] (+?.?????????) host7 block_rq_issue: {{ cpu_id = 1 }}, {{ dev = 8388608, sector = 16488, "
         "nr_sector = 8, bytes = 4096, tid = 1867, rwbs = {}, _cmd_length = 0, cmd = [ ], comm = \"dd\" }}\n"
         "[13:48:33.034786321] (+0.000200000) host7 block_rq_complete: {{ cpu_id = 1 }}, {{ dev = 8388608, sector = 16488, "
         "nr_sector = 8, errors = 0, rwbs = {}, _cmd_length = 0, cmd = [ ] }}\n")
PERF_TRACE = ("     0.000 :0/0 block:block_rq_issue(dev: 266338304, sector: 59240088, nr_sector: 48, bytes: 24576, rwbs: \"WS\", "
              "comm: \"jbd2/vda1-8\", cmd: \"\")\n"
              "     1.491 :0/0 block:block_rq_issue(dev: 266338304, rwbs: \"FF\", comm: \"kworker/3:1H\", cmd: \"\")\n"
              "     1.550 Web Content/3307 block:block_rq_issue(dev: 266338304, nr_sector: 8, bytes: 4096, rwbs: \"R\", comm: "
              "\"Web Content\", cmd: \"\")\n")
BLKPARSE = ("  8,0    3        1     0.000000000  1867  D  WS 16488 + 8 [dd]\n"
            "  8,0    3        2     0.000150000     0  C  WS 16488 + 8 [0]\n")
ZONES = ("  259,0    3        1     0.000000000  1867  D ZAS 524288 + 8 [fio]\n"
         "  259,0    3        2     0.000150000     0  C ZAS 524800 + 8 [0]\n"
         "  259,0    3        3     0.000200000  1867  D ZR 1048576 + 0 [fio]\n"
         "  259,0    3        4     0.000250000     0  C ZR 1048576 + 0 [0]\n"
         "  259,0    3        5     0.000300000  1867  D ZF 1572864 + 0 [fio]\n")
SYSTRACE = ("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"/>\n<title>Android System Trace</title>\n<script>var x = 1;\n"
            "</script>\n<script class=\"trace-data\" type=\"application/text\">\n# tracer: nop\n#\n"
            "              dd-15046   (15046) [001] ...1  1801.503408: block_rq_issue: 8,0 WS 4096 () 16488 + 8 [dd]\n"
            "          <idle>-0     (-----) [001] ..s1  1801.503508: block_rq_complete: 8,0 WS () 16488 + 8 [0]\n"
            "  </script>\n</body>\n</html>\n")
BLOCK_DUMP = ("[ 1200.100001] demo(1785): dirtied inode 12 (hello) on sda1\n"
              "[ 1200.136832] demo(1785): READ block 2088 on sda1 (8 sectors)\n"
              "[ 1200.200000] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n"
              "[ 1205.016616] kjournald(310): WRITE block 2136 on sda1 (8 sectors)\n"
              "[ 1206.185818] Web Content(891): WRITE block 16488 on sda (8 sectors)\n")
ETW_COLUMNS = (",  TimeStamp,     Process Name ( PID),   ThreadID,             IrpPtr,   ByteOffset,     IOSize, ElapsedTime,  "
               "DiskNum, IrpFlags, DiskSvcTime, I/O Pri,  VolSnap,         FileObject, FileName\n")
ETW = ("BeginHeader\n              DiskRead" + ETW_COLUMNS + "             DiskWrite" + ETW_COLUMNS + "EndHeader\n"
       "OS Version: 6.0.6001, Trace Size: 400KB, Events Lost: 0, Buffers lost: 0, Trace Start: 128330586930000000\n"
       "              DiskRead,      12741,    svcdemo.exe (2120),       3280, 0xfffffa8005a31010, 0x0000000000409000, 0x00001000, "
       "        700,        0, 0x060043,         690,  Normal, Original, 0xfffffa8006d4f560, \"C:\\data\\a.db\"\n"
       "             DiskWrite,      15110,    svcdemo.exe (2120),       3284, 0xfffffa8005a31e20, 0x000000000080d000, 0x00002000, "
       "        910,        1, 0x060043,         900,  Normal, Original, 0xfffffa8006d4f570, \"D:\\log\\b.ldf\"\n")
UNIT = "blocks of {} bytes, which this trace does not say"

ROWS = [
    ("fio without log_offset", "7, 7818708, 0, 4096, 0\n8, 269958, 0, 4096, 0\n", [], "its option log_offset=1 is missing", []),
    ("fio without log_offset, with its issue times", "7, 7818, 0, 4096, 0, 12345678\n8, 2699, 1, 4096, 0, 13345678\n", [],
     "its option log_offset=1 is missing", []),
    ("fio without log_offset, with priorities in hexadecimal", "7, 7818, 0, 4096, 0x2004\n", [],
     "its option log_offset=1 is missing", []),
    ("fio without log_offset, when it is named", "7, 7818, 0, 4096, 0\n", ["--format", "csv:fio-log"],
     "its option log_offset=1 is missing", []),
    ("fio before priorities, without log_offset", "7, 7818, 0, 4096\n", [], "its option log_offset=1 is missing", []),
    ("fio averaged", "1000, 7818, 0, 0, 0\n2000, 2699, 1, 0, 0\n", [], "log_avg_msec=0 are missing", []),
    ("fio with log_offset", "0, 235859, 0, 4096, 61440, 0\n0, 147645, 1, 4096, 774144, 0\n", [],
     ["read 120+8", "write 1512+8"], []),
    ("fio with log_offset and log_issue_time", "7, 7818, 0, 4096, 61440, 0, 12345678\n8, 2699, 2, 4096, 774144, 0x2004, 13345678\n",
     [], ["read 120+8", "discard 1512+8"], []),
    ("fio before priorities, with log_offset", "7, 7818, 0, 4096, 61440\n8, 7818, 0, 4096, 0\n", [],
     ["read 120+8", "read 0+8"], []),
    ("MQSim", "0 0 0 8 0\n1000 0 2 8 1\n2000 0 1 8 1\n", [], ["write 0+8 0", "read 2+8 0", "read 1+8 0"], []),
    ("SSDsim, when it is named", "1000 0 2 8 1\n", ["--format", "csv:ssdsim"], ["read 2+8 0"], []),
    ("DiskSim", "0.000000 0 303567 7 1\n1.5 0 10 8 0\n", [], ["read 303567+7 0", "write 10+8 0"], []),
    ("which number is a read", "1,8,8\n0,16,8\n", ["--format", "csv:op.1,sector,count"], ["read 8+8", "write 16+8"], []),
    ("which number is a read, otherwise", "1,8,8\n0,16,8\n", ["--format", "csv:op.0,sector,count"], ["write 8+8", "read 16+8"], []),
    ("SCSI opcodes with 0x", "op,sector,count\n0x2a,8,8\n0x42,16,8\n0x88,0,8\n0x12,0,8\n", [],
     ["write 8+8", "discard 16+8", "read 0+8"], []),
    ("SCSI opcodes, undecided", "op,sector,count\n42,8,8\n", [], "op.hex or op.dec", []),
    ("SCSI opcodes, undecided, with a letter", "op,sector,count\n2a,8,8\n", [], "op.hex or op.dec", []),
    ("SCSI opcodes in decimal", "42,8,8\n", ["--format", "csv:op.dec,sector,count"], ["write 8+8"], []),
    ("SCSI opcodes in hexadecimal", "42,8,8\n", ["--format", "csv:op.hex,sector,count"], ["discard 8+8"], []),
    ("sectors alone", "16488\n4144\n", ["--format", "csv:sector,op=read,sectors=8"], ["read 16488+8", "read 4144+8"], []),
    ("a list of places with a constant device", "16488;8\n", ["--format", "csv:sector,count,op=write,device=sda"],
     ["write 16488+8 sda"], []),
    ("sectors alone, without a word more", "16488\n", ["--format", "csv:sector"], "csv:sector,op=read,sectors=8", []),
    ("columns lba,size", "time,op,lba,size\n0.1,R,16488,8\n", [], ["read 16488+8"], []),
    ("columns lba,size that are bytes", "time,op,lba,size\n0.1,R,16488,4096\n", [], ["read 16488+4096"],
     ["if they are bytes, name their column 'bytes'"]),
    ("lengths that are no multiples of 512", "op,sector,bytes\nR,16488,8\nR,1,512\n", [], ["read 16488+1", "read 1+1"],
     ["1 lengths are no multiples of 512 bytes"]),
    ("vscsiStats", "#Vscsi Cmd Trace. (Trace Format Version 1)\n#Serial Number,IO Data Length,Num SG Entries,Command Type,LBN,"
     "Time Stamp (microseconds)\n2147483692,4096,1,write,24048792,2756778716647\n2147483658,4608,2,read,23749656,2756797029103\n",
     [], ["write 24048792+8", "read 23749656+9"], []),
    ("vscsi with opcodes", "version,time,op,size,lbn\n1,5633898,2a,512,16488\n1,5633898,28,4096,4144\n", [],
     ["write 16488+1", "read 4144+8"], []),
    ("a table of the Windows Performance Analyzer", "Line #,Process,Disk,Path Name,IO Type,Size (B),Min Offset,Init Time (s)\n"
     "1,a.exe (12),0,C:\\x,Read,\"4,096\",\"8,441,856\",0.5\n", [], ["read 16488+8 0"], []),
    ("perf trace", PERF_TRACE, [], ["write 59240088+48 254,0", "flush 0+0 254,0", "read 0+8 254,0"], []),
    ("perf script without the processor", "dd 15088  1828.718005:  block:block_rq_issue: 254,0 WS 4096 () 16488 + 8 [dd]\n"
     "swapper     0  1828.719005:  block:block_rq_complete: 254,0 WS () 16488 + 8 [0]\n", [], ["write 16488+8 254,0"], []),
    ("perf script of processes and threads without the processor",
     "dd 123/124  1828.718005: block:block_rq_issue: 254,0 WS 4096 () 16488 + 8 [dd]\n"
     "dd 123/124  1828.719005: block:block_rq_complete: 254,0 WS () 16488 + 8 [0]\n", [], ["write 16488+8 254,0"], []),
    ("perf trace with calls", "     0.150 ( 0.002 ms): dd/2130 write(fd: 1) = 4096\n" * 200 + PERF_TRACE, [],
     ["write 59240088+48 254,0", "flush 0+0 254,0", "read 0+8 254,0"], []),
    ("LTTng with other events", "[13:48:33.034586321] (+0.000000001) host7 sched_switch: { cpu_id = 1 }, { prev_tid = 1 }\n" * 200 +
     LTTNG.format(33, 33), [], ["write 16488+8 8,0"], []),
    ("a table of Windows", "\ufefftime,op,sector,count\r\n1,R,8,8\r\n", [], ["read 8+8"], []),
    ("a table of Windows without names", "\ufeff8,8\r\n", ["--format", "csv:sector,count,op=read"], ["read 8+8"], []),
    ("perf script of times and events alone", " 1828.718005: block:block_rq_issue: 254,0 WS 4096 () 16488 + 8 [dd]\n", [],
     ["write 16488+8 254,0"], []),
    ("LTTng in babeltrace's text", LTTNG.format(33, 33), [], ["write 16488+8 8,0"], []),
    ("LTTng, a read", LTTNG.format(4, 4), [], ["read 16488+8 8,0"], []),
    ("LTTng, a discard", LTTNG.format(2, 2), [], ["discard 16488+8 8,0"], []),
    ("NVMe commands", FTRACE + NVME.format("write", "0x0"), [], ["write 16488+8 nvme0n1"], [UNIT.format(512)]),
    ("NVMe commands of blocks of 4096 bytes", NVME.format("read", "0x0"), ["--format", "ftrace:4096"],
     ["read 131904+64 nvme0n1"], []),
    ("an NVMe zone append", NVME.format("zone_append", "0x0"), [], ["zone-append 16488+8 nvme0n1"], []),
    ("NVMe commands of zones", NVME.format("write", "0x0") +
     "  fio-18234   [003] d..1.  2848.1: nvme_setup_cmd: nvme0: disk=nvme0n1, qid=3, cmdid=7, nsid=1, flags=0x0, meta=0x0, "
     "cmd=(nvme_cmd_zone_mgmt_send slba=524288, zsa=4:reset, all=0)\n"
     "  fio-18234   [003] d..1.  2848.2: nvme_setup_cmd: nvme0: disk=nvme0n1, qid=3, cmdid=8, nsid=1, flags=0x0, meta=0x0, "
     "cmd=(nvme_cmd_zone_mgmt_send slba=524288, zsa=2:finish, all=0)\n", [],
     ["write 16488+8 nvme0n1", "zone-reset 524288+1 nvme0n1"], ["1 zone finishes move no data", "1 zone resets"]),
    ("NVMe commands beside requests", NVME.format("write", "0x0") +
     "  fio-18234   [003] d..1.  2847.331206: block_rq_issue: 259,0 WS 4096 () 16488 + 8 [fio]\n", [],
     ["write 16488+8 259,0"], []),
    ("NVMe commands beside requests, when they are wanted", NVME.format("write", "0x0") +
     "  fio-18234   [003] d..1.  2847.331206: block_rq_issue: 259,0 WS 4096 () 16488 + 8 [fio]\n",
     ["--format", "ftrace:nvme"], ["write 16488+8 nvme0n1"], ["1 block_* events are left out"]),
    ("NVMe discards", NVME.format("write", "0x0") + " kworker/15:1H-462   [015] .... 91814.342452: nvme_setup_cmd: nvme0: "
     "disk=nvme0n1, qid=7, cmdid=552, nsid=1, flags=0x0, meta=0x0, cmd=(nvme_cmd_dsm nr=0, attributes=4)\n", [],
     ["write 16488+8 nvme0n1"], ["1 commands (discards and others) do not say their places"]),
    ("SCSI commands", SCSI, [], ["read 505083904+2560 0:0:0:3", "flush 0+0 0:0:0:3"], [UNIT.format(512)]),
    ("UFS commands in blocks", UFS.format(1085538, 1085538), [], ["write 8684304+1024 0:0:0:4"], [UNIT.format(4096)]),
    ("UFS commands in sectors", UFS.format(8684304, 8684304), [], ["write 8684304+1024 0:0:0:4"], [UNIT.format(512)]),
    ("systrace", SYSTRACE, [], ["write 16488+8 8,0"], []),
    ("systrace of Android 4", "<!DOCTYPE HTML>\n<html>\n<head>\n<script>\n  var linuxPerfData = \"\\\n# tracer: nop\\n\\\n"
     "              dd-15046   [001] ...1  1801.503408: block_rq_issue: 8,0 WS 4096 () 16488 + 8 [dd]\\n\\\n\";\n  </script>\n"
     "</html>\n", [], ["write 16488+8 8,0"], []),
    ("zones", ZONES, [], ["zone-append 524800+8 259,0", "zone-reset 1048576+1 259,0"],
     ["1 zone resets count as discards", "1 zone finishes move no data"]),
    ("zone appends without completions", ZONES.splitlines(True)[0], [], ["zone-append 524288+8 259,0"],
     ["1 zone appends count as writes at the start of their zone"]),
    ("block_dump in a kernel's log", BLOCK_DUMP, ["--device", "sda1"], ["read 2088+8 sda1", "write 2136+8 sda1"], []),
    ("block_dump of several devices", BLOCK_DUMP, [], "choose one with --device: sda1, sda", []),
    ("block_dump in syslog's file, Synology's, and of an old kernel",
     "Jan 20 08:26:26 homer kernel: [2402038.343618] kvm(28212): WRITE block 85852352 on dm-0 (8 sectors)\n"
     "[18656.121265] ppid:2(kthreadd), pid:5185(jbd2/md0-8), WRITE block 2136272 on dm-0 (8 sectors)\n"
     "pdflush(17): READ block 16 on dm-0\n", [], ["write 85852352+8 dm-0", "write 2136272+8 dm-0", "read 16+1 dm-0"],
     ["1 lines do not say how long"]),
    ("xperf's dumper", ETW, ["--device", "0"], ["read 8264+8 0"], []),
    ("xperf's dumper, the other disk", ETW, ["--device", "1"], ["write 16488+16 1"], []),
    ("xperf's dumper without its header", ETW.splitlines(True)[5], [], ["read 8264+8 0"], []),
    ("xperf's dumper of newer Windows, with a column of processors",
     "              DiskRead,  TimeStamp,     Process Name ( PID),   ThreadID, CPU,             IrpPtr,   ByteOffset,     IOSize, "
     "ElapsedTime,  DiskNum, IrpFlags, DiskSvcTime, I/O Pri,  VolSnap,         FileObject, FileName\n"
     "              DiskRead,      12741,    svcdemo.exe (2120),       3280,   3, 0xfffffa8005a31010, 0x0000000000409000, "
     "0x00001000,         700,        0, 0x060043,         690,  Normal, Original, 0xfffffa8006d4f560, \"C:\\data\\a.db\"\n",
     [], ["read 8264+8 0"], []),
    ("DTrace's iosnoop", "  UID   PID D    BLOCK   SIZE       COMM PATHNAME\n  100 15795 R     3808   8192        tar /usr/bin/eject\n"
     "  100 15795 W    35904   6144        tar /usr/bin/my file\n", [], ["read 3808+16", "write 35904+12"], []),
    ("DTrace's iosnoop with times and numbers",
     "STIME(us)    TIME(us)      DELTA  DTIME  MAJ MIN UID   PID D    BLOCK   SIZE  COMM PATHNAME\n"
     "722594048435 722594048553  117    130    136   8   0   485 W 95742054   8192 zpool-syspool <none>\n", [],
     ["write 95742054+16 136,8"], []),
    ("macOS' fs_usage",
     "14:32:15.123456  RdData[A]         D=0x00004068  B=0x1000   /dev/disk1s2  /Users/me/x y   0.000123 W Google Chrome He.123456\n"
     "14:32:15.223456  WrMeta[AT3]       D=0x00004070  B=0x2000   /dev/disk1s2  0.000023   kernel_task.99\n"
     "14:32:15.323456  open              F=5        (R_____)  /etc/hosts    0.000010   bash.5\n"
     "14:32:15.423456  RdData            D=0x00004068  [  5]     0.000023   x.99\n", [],
     ["read 16488+8 disk1s2", "write 16496+16 disk1s2"], ["1 accesses that failed and 0 trims are left out"]),
    ("comments, a prompt, ^C and HTML", "<pre>\n# taken on host7\nroot@host7:~# blkparse sda\n" + BLKPARSE + "^C\n</pre>\n", [],
     ["write 16488+8 8,0"], ["5 lines left out, first: 1"]),
    ("what nobody thought of", "warming up\n" * 99 + BLKPARSE + "good bye\n" * 100, [], ["write 16488+8 8,0"],
     ["199 lines left out, first: 1"]),
    ("too much before it", "warming up\n" * 101 + BLKPARSE, ["--format", "blkparse"],
     "line 1: expected 'MAJ,MIN CPU SEQUENCE SECONDS.NANOSECONDS PID ACTION RWBS ...'; 101 of 103 lines", []),
    ("too much in it", BLKPARSE + "oops\noops\n" + BLKPARSE, [], "line 3: expected", []),
    ("comments in it", BLKPARSE + "# so\n# far\n\n" + BLKPARSE, [], ["write 16488+8 8,0"] * 2, ["2 lines left out, first: 3"]),
    ("what convert and dump --json write", '{"index":0,"op":"write","start":16488,"sectors":8,"time":1795324504.388155001,'
     '"latency_us":1.5,"device_name":"8,0","pid":7,"comm":"dd","fua":true,"flags":["sync"]}\n{"mark":"end"}\n', [],
     ["write 16488+8 8,0"], []),
    ("around a table", "$ cat t.csv\nop,sector,count\nR,8,8\n# now writes\nW,16,8\n^C\n", [], ["read 8+8", "write 16+8"],
     ["3 lines left out, first: 1"]),
    ("around qtr", "# of host7\nS 81920\nR 8 8\n^C\n", [], ["read 8+8"], ["2 lines left out, first: 1"]),
    ("around an iolog", "$ cat x\nfio version 2 iolog\nx add\nx open\nx write 8192 4096\nx close", [], ["write 16+8 x"],
     ["1 line left out, first: 1", "line 6 has no line end and may be cut off"]),
    ("cut in its last number", "op,sector,count\nR,8,8\nW,16,8", [], ["read 8+8", "write 16+8"],
     ["line 3 has no line end and may be cut off; it ends in a number, so its access is uncertain"]),
    ("cut in its last line", "op,sector,count\nR,8,8\nW,1", [], ["read 8+8"], ["1 line left out, first: 3; the last is cut off"]),
]
