/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap record: run a command and capture what it does to its disks. */
#include "record/record.h"

#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/convert.h"
#include "cli/shim.h"
#include "layout/identity.h"
#include "record/shim.h"
#include "trace/window.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char options_help[] =
    "  -o TRACE            where to; its extension says the format, as in convert\n" COMMON_WRITING_HELP
    "  --to NAME           the format to write\n"
    "  --nbd DISK          serve this raw image or device; {} in COMMAND becomes its URI\n"
    "  --image-format raw  the disk of --nbd is raw, whatever it looks like\n"
    "  --device DEVICE     trace this block device of this host (as root)\n"
    "  --drive WHICH       of several drives only this one: its number, its file or its file's name\n"
    "  --marks             only what lies between the marks of 'debug qtrace DEVICE on' and 'off'\n"
    "  --before FILE       keep a copy of the image as it was before\n"
    "  --after FILE        keep a copy of the image as it is afterwards\n"
    "Without --nbd and --device, COMMAND is a program of libguestfs. Several drives give several traces,\n"
    "with a number before the extension.\n";

enum {
	OPTION_TO = COMMON_LAST,
	OPTION_NBD,
	OPTION_TRACED,
	OPTION_DRIVE,
	OPTION_IMAGE_FORMAT,
	OPTION_MARKS,
	OPTION_BEFORE,
	OPTION_AFTER
};

struct arguments {
	struct record_options record;
	const struct writer_format *format;
	struct common *common;
	const char *output, *to;
	bool marks;
	struct identity before; /* of the disk that is named, before the command */
};

bool shim_is_called(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash != NULL && strcmp(slash + 1, SHIM_NAME) == 0;
}

int shim_main(char **argv)
{
	struct err err;

	shim_run(argv, &err);
	return fail(NULL, &err);
}

/* A log without marks is kept whole: --marks is then a mistake of the command's, not a reason to lose it. */
static int choose_windows(struct trace *trace, const struct arguments *arguments, const char *path,
			  bool *windows, struct err *err)
{
	int any = arguments->marks ? window_any(trace, err) : 0;

	if (any < 0)
		return -1;
	*windows = any == 1;
	if (arguments->marks && any == 0)
		print_note(path, "note: ", "there are no qtrace marks, so all accesses are kept");
	return 0;
}

/* By what a disk will be known, as far as it can be read.  A command may make a file system anew, so what it
   was before counts, too, where that is known. */
static void take_identity(struct identity *identity, const char *image)
{
	struct identity now;
	struct err none;

	if (identity_of_disk(image, &now, &none) == 0)
		identity_join(identity, &now);
}

static int write_trace(struct trace *trace, const struct arguments *arguments, const struct disk *disk,
		       const char *path)
{
	struct identity identity = arguments->before;
	struct convert_options options = {.to = arguments->format,
					  .identity = &identity,
					  .sectors = disk->sectors,
					  .output = arguments->common->output};
	struct convert_result result;
	struct err err;
	bool writing = false;

	take_identity(&identity, disk->image);
	if (disk->device != NULL)
		options.device = disk->image;
	if (choose_windows(trace, arguments, path, &options.windows, &err) != 0 ||
	    convert(trace, path, &options, &result, &writing, &err) != 0) {
		if (!writing)
			err_prefix(&err, "the tracer's log: ");
		return fail(path, &err);
	}
	for (size_t i = 0; i < trace->notes.n; i++)
		print_note(path, "note: ", trace->notes.at[i]);
	print_losses(path, &result);
	return 0;
}

static int make_trace(const struct record *record, const struct arguments *arguments, const struct disk *disk,
		      const char *path)
{
	struct trace_options options = record_log_options(record, disk);
	struct trace *trace;
	struct err err;
	int status;

	for (size_t i = 0; i < record->disks.n; i++)
		if (outputs_spare(&arguments->common->outputs, record->disks.at[i].image) != 0)
			return STATUS_FAILED;
	options.tmpdir = arguments->common->trace.tmpdir;
	if (trace_open(&trace, record->log, &options, &err) != 0) {
		err_prefix(&err, "the tracer's log: ");
		return fail(path, &err);
	}
	status = write_trace(trace, arguments, disk, path);
	trace_close(trace);
	return status;
}

static int make_traces(const struct record *record, const struct arguments *arguments)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < record->disks.n; i++) {
		const struct disk *disk = &record->disks.at[i];
		char *path = record->disks.n > 1 ? path_numbered(arguments->output, disk->number)
						 : strdup(arguments->output);
		struct err err;

		if (path == NULL) {
			err_nomem(&err);
			return fail(NULL, &err);
		}
		status = make_trace(record, arguments, disk, path);
		if (status == 0 && record->disks.n > 1)
			print_note(path, "", disk->image); /* which of the traces this is */
		free(path);
	}
	return status;
}

/* Several traces have names of their own, which the sandbox must know of. */
static int make_traces_confined(const struct record *record, const struct arguments *arguments,
				const char *log)
{
	for (size_t i = 0; record->disks.n > 1 && i < record->disks.n; i++) {
		char *path = path_numbered(arguments->output, record->disks.at[i].number);
		int status = path ? plan_output(arguments->common, path) : STATUS_FAILED;

		free(path);
		if (status != 0)
			return status;
	}
	if (confine(arguments->common, &log, 1, NULL) != 0)
		return STATUS_FAILED;
	return make_traces(record, arguments);
}

/* The log of a program that somebody else's disk has steered is parsed by a process that can do nothing else. */
static int make_traces_apart(const struct record *record, const struct arguments *arguments)
{
	const char *log = record->log;
	int status = STATUS_FAILED;
	struct err err;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		status = make_traces_confined(record, arguments, log);
		fflush(NULL);
		_exit(status);
	}
	if (pid < 0) {
		err_set(&err, "cannot start a process: %s", strerror(errno));
		return fail(NULL, &err);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_FAILED;
}

/* A file that cannot be written is better known before the command than after it. */
static int check_output(const char *path, const struct common *common, struct err *err)
{
	struct outfile file;

	if (outfile_open(&file, path, &common->output, err) != 0)
		return err_prefix(err, "%s: ", path);
	outfile_abandon(&file);
	return 0;
}

/* What the command is given may be the disk that it will write to. */
static int plan_outputs(struct arguments *arguments)
{
	const struct record_options *record = &arguments->record;
	struct outputs *outputs = &arguments->common->outputs;
	int status = outputs_add(outputs, arguments->output);

	if (status == 0 && record->before != NULL)
		status = outputs_add_new(outputs, record->before);
	if (status == 0 && record->after != NULL)
		status = outputs_add_new(outputs, record->after);
	if (status == 0)
		status = outputs_spare(outputs, record->target);
	for (size_t i = 0; record->command[i] != NULL && status == 0; i++)
		status = outputs_spare(outputs, record->command[i]);
	return status;
}

static int find_self(char *self, size_t size, struct err *err)
{
	ssize_t len = readlink("/proc/self/exe", self, size - 1);

	if (len < 0)
		return err_set(err, "/proc/self/exe: %s", strerror(errno));
	self[len] = '\0';
	return 0;
}

static void print_record_notes(const struct record *record)
{
	for (size_t i = 0; i < record->notes.n; i++)
		print_note(NULL, "note: ", record->notes.at[i]);
}

/* The exit status is the command's, unless it is we who failed; a command that failed and left nothing
   to trace has failed first. */
static int record_all(struct arguments *arguments)
{
	char self[PATH_MAX];
	struct record record;
	struct err err;
	int status;

	if (find_self(self, sizeof(self), &err) != 0 ||
	    check_output(arguments->output, arguments->common, &err) != 0)
		return fail(NULL, &err);
	if (plan_outputs(arguments) != 0)
		return STATUS_FAILED;
	arguments->record.self = self;
	if (arguments->record.target != NULL)
		take_identity(&arguments->before, arguments->record.target);
	if (record_run(&record, &arguments->record, &err) != 0) {
		status = fail(NULL, &err);
		if (record.child.status > 0 && record.log == NULL)
			status = record.child.status;
	} else {
		print_record_notes(&record);
		status = make_traces_apart(&record, arguments);
		if (status == 0)
			status = record.child.status;
	}
	record_done(&record);
	return status;
}

static int take_recorder(struct arguments *arguments, const struct recorder *recorder, const char *target,
			 struct err *err)
{
	if (arguments->record.recorder != NULL)
		return err_set(err, "--nbd and --device exclude each other, and each is given once");
	arguments->record.recorder = recorder;
	arguments->record.target = target;
	return 0;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct arguments *arguments = context;

	switch (option) {
	case 'o':
		arguments->output = value;
		return 0;
	case OPTION_TO:
		arguments->to = value;
		return 0;
	case OPTION_NBD:
		return take_recorder(arguments, &recorder_nbd, value, err);
	case OPTION_TRACED:
		return take_recorder(arguments, &recorder_device, value, err);
	case OPTION_IMAGE_FORMAT:
		arguments->record.raw = true;
		return strcmp(value, "raw") == 0
			   ? 0
			   : err_set(err, "--image-format: '%s' cannot be served; raw can", value);
	case OPTION_DRIVE:
		arguments->record.drive = value;
		return 0;
	case OPTION_MARKS:
		arguments->marks = true;
		return 0;
	case OPTION_BEFORE:
		arguments->record.before = value;
		return 0;
	case OPTION_AFTER:
		arguments->record.after = value;
		return 0;
	default:
		return err_set(err, "unknown option");
	}
}

static int check_and_record(struct arguments *arguments, char **command)
{
	struct record_options *record = &arguments->record;

	if (record->recorder != &recorder_nbd && record->raw)
		return fail_usage(&command_record, "--image-format is for --nbd");
	if (record->recorder != NULL && record->drive != NULL)
		return fail_usage(&command_record, "--drive is for programs of libguestfs");
	record->force = arguments->common->outputs.force;
	arguments->common->output.sync = true;
	arguments->format = format_to_write(arguments->to, arguments->output);
	if (arguments->format == NULL)
		return STATUS_FAILED;
	if (record->recorder == NULL)
		record->recorder = &recorder_guestfs;
	record->command = command;
	record->tmpdir = getenv("TMPDIR");
	record->path = getenv("PATH");
	record->hv = getenv("LIBGUESTFS_HV");
	record->backend = getenv("LIBGUESTFS_BACKEND");
	return record_all(arguments);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_WRITING,
	    {"to", required_argument, NULL, OPTION_TO},
	    {"nbd", required_argument, NULL, OPTION_NBD},
	    {"device", required_argument, NULL, OPTION_TRACED},
	    {"image-format", required_argument, NULL, OPTION_IMAGE_FORMAT},
	    {"drive", required_argument, NULL, OPTION_DRIVE},
	    {"marks", no_argument, NULL, OPTION_MARKS},
	    {"before", required_argument, NULL, OPTION_BEFORE},
	    {"after", required_argument, NULL, OPTION_AFTER},
	    COMMON_HELP,
	    {0},
	};
	struct common common = COMMON_INIT;
	struct arguments arguments = {.common = &common};
	int status =
	    common_parse(&common, &command_record, options, options_help, argc, argv, own_option, &arguments);

	if (status == 1)
		status = STATUS_DONE;
	else if (status == 0 && (optind >= argc || arguments.output == NULL))
		status = fail_usage(&command_record, "expected -o TRACE and a command");
	else if (status == 0)
		status = check_and_record(&arguments, argv + optind);
	common_done(&common);
	return status;
}

const struct command command_record = {
    .name = "record",
    .usage = "-o TRACE [OPTIONS] -- COMMAND ...",
    .help = "run a command and capture what it does to its disks",
    .run = run,
};
