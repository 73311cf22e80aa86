/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the subcommands share: messages, exit statuses, opening what argv names, printing. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "analyzer/fit.h"
#include "base/err.h"
#include "base/outfile.h"
#include "base/text.h"
#include "cli/inputs.h"
#include "layout/map.h"
#include "query/filter.h"
#include "trace/trace.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

enum { STATUS_DONE = 0, STATUS_FOUND = 1, STATUS_FAILED = 2 };

/* A place in a text that is wrong, to be shown below the message; no text: nothing is. */
struct caret {
	const char *text;
	size_t at;
};

struct command {
	const char *name;
	const char *usage; /* arguments, for the usage line */
	const char *help;  /* one line */
	int (*run)(int argc, char **argv);
};

extern const struct command command_analyze;
extern const struct command command_map;
extern const struct command command_lookup;
extern const struct command command_dump;
extern const struct command command_align;
extern const struct command command_find;
extern const struct command command_convert;
extern const struct command command_record;
extern const struct command command_draw;
extern const struct command command_merge;
extern const struct command command_compare;

/* Prints "blkmap: FILE: text" on standard error and returns STATUS_FAILED; `file` may be NULL. */
int fail(const char *file, const struct err *err);

/* Shows a text on standard error, with a caret below the byte that is wrong. */
void print_caret(const struct caret *caret);

/* Says that the command line is off, with the usage line; returns STATUS_FAILED. */
int fail_usage(const struct command *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define COMMON_WITH_MAX 64

/* Options that several commands have. */
struct common {
	struct trace_options trace;
	struct map_options map;
	const char *with[COMMON_WITH_MAX];
	bool paints; /* a picture, also where no file is written: fonts are read */
	struct outputs outputs; /* what will be written, which is nothing that is read */
	struct outfile_options output;
	bool no_sandbox;         /* cli/confine.h */
	const char *read_later;  /* a file that is read when disks and traces are open, or NULL */
	const char *lvm_path;    /* --lvm-metadata, or NULL */
	char *lvm_text;          /* what it names, read */
	const char *of;          /* the disk that a saved map must be of, or NULL */
	const char *relative_to; /* the device that the trace is of, or NULL where nothing was said */
	bool force;              /* what contradicts is told, and the work goes on */
	uint64_t unit_sectors;   /* --align */
	const char *from, *to;   /* --from and --to, or NULL */
	const char *passing;     /* -Y, or NULL */
	char *filter_text;       /* all of these, as one filter */
	struct filter *filter;   /* that; NULL for all */
	struct caret caret;      /* what was wrong with an option's value */
	bool json, all;
	bool as_of_end; /* labels as of the image, and not as of each access */
	bool verbose;   /* says on standard error how the trace is read */
};
#define COMMON_INIT                                                                                          \
	{                                                                                                    \
		.unit_sectors = 8                                                                            \
	}
/* Of commands that have COMMON_DATED. */
#define COMMON_DATED_INIT                                                                                    \
	{                                                                                                    \
		.unit_sectors = 8, .map = {.history = true }                                                 \
	}

/* The long options of struct common, for a command's table; their values start at COMMON_FIRST. */
enum {
	COMMON_FIRST = 256,
	COMMON_JSON = COMMON_FIRST,
	COMMON_ALL,
	COMMON_ALIGN,
	COMMON_FORMAT,
	COMMON_DEVICE,
	COMMON_EVENT,
	COMMON_SECTOR_SIZE,
	COMMON_IMAGE_FORMAT,
	COMMON_WITH,
	COMMON_LVM_METADATA,
	COMMON_OF,
	COMMON_NO_REPLAY,
	COMMON_AS_OF,
	COMMON_RELATIVE_TO,
	COMMON_FORCE,
	COMMON_MAX_MEMORY,
	COMMON_ALLOW_BACKING,
	COMMON_ALLOW_REMOTE,
	COMMON_NO_SANDBOX,
	COMMON_FROM,
	COMMON_TO,
	COMMON_LAST,
};
#define COMMON_HELP                                                                                          \
	{"help", no_argument, NULL, 'h'},                                                                    \
	{                                                                                                    \
		"no-sandbox", no_argument, NULL, COMMON_NO_SANDBOX                                           \
	}
#define COMMON_FILE                                                                                          \
	{                                                                                                    \
		"output", required_argument, NULL, 'o'                                                       \
	}
#define COMMON_WRITING                                                                                       \
	COMMON_FILE,                                                                                         \
	{                                                                                                    \
		"force", no_argument, NULL, COMMON_FORCE                                                     \
	}
#define COMMON_WRITING_HELP "  --force             replace a file that blkmap has not written\n"
#define COMMON_OUTPUT                                                                                        \
	{                                                                                                    \
		"json", no_argument, NULL, COMMON_JSON                                                       \
	}
#define COMMON_JOBS                                                                                          \
	{                                                                                                    \
		"jobs", required_argument, NULL, 'j'                                                         \
	}
#define COMMON_JOBS_HELP "  -j N                work on N processors (default: all; 1: one after the other)\n"
#define COMMON_DISK                                                                                          \
	COMMON_JOBS, {"max-memory", required_argument, NULL, COMMON_MAX_MEMORY},                             \
	    {"sector-size", required_argument, NULL, COMMON_SECTOR_SIZE},                                    \
	    {"image-format", required_argument, NULL, COMMON_IMAGE_FORMAT},                                  \
	    {"with", required_argument, NULL, COMMON_WITH}, {"of", required_argument, NULL, COMMON_OF},      \
	    {"no-replay", no_argument, NULL, COMMON_NO_REPLAY},                                              \
	    {"allow-backing", optional_argument, NULL, COMMON_ALLOW_BACKING},                                \
	    {"allow-remote", no_argument, NULL, COMMON_ALLOW_REMOTE},                                        \
	{                                                                                                    \
		"lvm-metadata", required_argument, NULL, COMMON_LVM_METADATA                                 \
	}
#define COMMON_DISK_HELP                                                                                     \
	"  --with DISK2        a further disk of volume groups or md arrays (may be repeated)\n"             \
	"  --of DISK           a saved map is used only if it is of this disk\n"                             \
	"  --lvm-metadata FILE a text as vgcfgbackup writes it, instead of the one on the disk\n"            \
	"  --no-replay         file systems as they lie on the disk, with their journals not replayed\n"     \
	"  --image-format NAME how a disk lies in its file, instead of finding out: raw, qcow2, ...\n"       \
	"  --sector-size SIZE  the disk's logical sector size, when it is not told\n"                        \
	"  --max-memory SIZE   room for what is found on the disk and in the trace (default: "               \
	"4G)\n"                                                                                              \
	"  --allow-backing[=DIR]  open other files that an image names, in its own folder or in DIR\n"       \
	"  --allow-remote      and connect to servers that it names\n" COMMON_JOBS_HELP
#define COMMON_READING                                                                                       \
	{"verbose", no_argument, NULL, 'v'}, {"format", required_argument, NULL, COMMON_FORMAT},             \
	    {"device", required_argument, NULL, COMMON_DEVICE},                                              \
	{                                                                                                    \
		"event", required_argument, NULL, COMMON_EVENT                                               \
	}
#define COMMON_READING_HELP                                                                                  \
	"  --format NAME       how to read the trace, instead of finding out\n"                              \
	"  --device NAME       the device to take from a trace of several\n"                                 \
	"  --event NAME        which event of a request counts, for formats that have several\n"             \
	"  -v, --verbose       says on standard error how the trace is read, and why\n"
#define COMMON_TRACE                                                                                         \
	COMMON_READING, {"all", no_argument, NULL, COMMON_ALL},                                              \
	    {"align", required_argument, NULL, COMMON_ALIGN}, {"force", no_argument, NULL, COMMON_FORCE},    \
	{                                                                                                    \
		"relative-to", required_argument, NULL, COMMON_RELATIVE_TO                                   \
	}
#define COMMON_TRACE_HELP                                                                                    \
	COMMON_READING_HELP                                                                                  \
	"  --relative-to DEVICE  the partition or volume of DISK that the trace's sectors count from\n"
#define COMMON_FORCE_HELP "  --force             go on where the trace says that it is of another disk\n"
#define COMMON_FORCES_HELP                                                                                   \
	COMMON_FORCE_HELP "                      and replace a file that blkmap has not written\n"
#define COMMON_DATED                                                                                         \
	{                                                                                                    \
		"as-of", required_argument, NULL, COMMON_AS_OF                                               \
	}
#define COMMON_DATED_HELP                                                                                    \
	"  --as-of access|end  labels as of each access, where a journal tells of them (default), or the "   \
	"disk's\n"
#define COMMON_PASSING                                                                                       \
	{                                                                                                    \
		"filter", required_argument, NULL, 'Y'                                                       \
	}
#define COMMON_FILTER                                                                                        \
	COMMON_PASSING, {"from", required_argument, NULL, COMMON_FROM},                                      \
	{                                                                                                    \
		"to", required_argument, NULL, COMMON_TO                                                     \
	}
#define COMMON_FILTER_HELP                                                                                   \
	COMMON_PASSING_HELP                                                                                  \
	"  --from TIME         only from this time on (1.5, 20ms), or from access #N on\n"                   \
	"  --to TIME           only up to this time, or up to access #N\n"
#define COMMON_PASSING_HELP                                                                                  \
	"  -Y FILTER           only what passes: 'region.kind == journal && io.latency > 5ms'\n"
#define COMMON_UNIT                                                                                          \
	{                                                                                                    \
		"align", required_argument, NULL, COMMON_ALIGN                                               \
	}

/* A filter from an option's value, with the place where it is wrong; 0 or -1. */
int parse_filter(struct filter **filter, const char *option, const char *value, struct caret *caret,
		 struct err *err);

/* An option that only one command has; `context` is the command's. 0 or -1 with err set. */
typedef int option_handler(void *context, int option, const char *value, struct err *err);

/* Parses a command's options; operands are argv[optind ...] then.  0 to go on; 1 when --help was printed;
   STATUS_FAILED after a message.  `own` takes what is not common, and may be NULL. */
int common_parse(struct common *common, const struct command *command, const struct option *options,
		 const char *help, int argc, char **argv, option_handler *own, void *context);
void common_done(struct common *common);

/* Says that a file will be written, before anything is opened; 0, or STATUS_FAILED after a message, where
   that may not be (cli/inputs.h).  A directory is that of so many files. */
int plan_output(struct common *common, const char *path);

/* Opens a trace and, when disk is not NULL, the map of the disk; without one, a map of unknown sectors; and
   says what the trace's sectors count from.  On failure prints and returns STATUS_FAILED with nothing left
   open. */
int open_trace(struct trace **trace, const char *path, const struct common *common);
int open_map(struct map **map, const char *path, const struct common *common);
int open_both(struct trace **trace, struct map **map, struct fit *fit, const char *trace_path,
	      const char *disk, const struct common *common);
void close_both(struct trace *trace, struct map *map, struct fit *fit);

struct clock;

/* Finds out what the trace's accesses were as of, unless that is not wanted, or it is a piece of a trace; 0,
   or STATUS_FAILED after a message. clock_done also after that. */
int find_clock(struct clock *clock, struct trace *trace, const struct map *map, const struct space *base,
	       const struct common *common, bool is_piece);

/* Writes a text to standard output and empties it; 0, or STATUS_FAILED after a message. */
int print_text(struct text *text);

/* Notes on the disk, on standard error, for commands whose output has no place for them. */
void print_notes(const struct map *map);

/* What the reader should know of how the trace fits the disk, on standard error, before such output. */
void print_fit(const struct fit *fit, const char *trace);

/* The same of accesses beyond the end, once they have been counted. */
struct analysis;
void print_beyond(const struct analysis *analysis, const char *trace);

/* The width for tables: the terminal's, 80 where it does not tell, 0 for a pipe or a file. */
unsigned terminal_width(void);

#endif
