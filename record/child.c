/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command stays in our process group, so that it has the terminal; what is typed there reaches it
   as it reaches us.  Only signals that somebody sent to us alone are passed on. */
#include "record/child.h"

#include "record/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 100
#define STOP_TICKS 100

int child_take_signals(struct child *child, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, &child->mask) != 0)
		return err_set(err, "cannot block signals: %s", strerror(errno));
	child->blocked = true;
	child->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (child->signals < 0)
		return err_set(err, "cannot receive signals: %s", strerror(errno));
	return 0;
}

int child_setenv(struct child *child, const char *name, char *value, struct err *err)
{
	if (value == NULL)
		return err_nomem(err);
	if (child->nenv == CHILD_ENV_MAX) {
		free(value);
		return err_set(err, "more than %d variables for the command", CHILD_ENV_MAX);
	}
	child->env[child->nenv++] = (struct child_env){name, value};
	return 0;
}

/* In the new process: becomes the program, or says why not. */
static void become(const struct child *child, char *const *argv, int report)
{
	int reason;

	for (size_t i = 0; i < child->nenv; i++)
		setenv(child->env[i].name, child->env[i].value, 1);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &child->mask, NULL);
	execvp(argv[0], argv);
	reason = errno;
	(void)!write(report, &reason, sizeof(reason));
	_exit(127);
}

/* What the new process reports: nothing when it became the program. */
static int hear(pid_t pid, int report, const char *program, struct err *err)
{
	int reason = 0;
	ssize_t got;

	do
		got = read(report, &reason, sizeof(reason));
	while (got < 0 && errno == EINTR);
	close(report);
	if (got <= 0)
		return 0;
	waitpid(pid, NULL, 0);
	return program_missing(program, reason, err);
}

static int start(pid_t *pid, const struct child *child, char *const *argv, void (*prepare)(const char *),
		 const char *errors, struct err *err)
{
	int report[2];

	if (pipe2(report, O_CLOEXEC) != 0)
		return err_set(err, "cannot make a pipe: %s", strerror(errno));
	*pid = fork();
	if (*pid == 0) {
		if (prepare != NULL)
			prepare(errors);
		become(child, argv, report[1]);
	}
	close(report[1]);
	if (*pid < 0) {
		*pid = 0;
		close(report[0]);
		return err_set(err, "cannot start a process: %s", strerror(errno));
	}
	if (hear(*pid, report[0], argv[0], err) == 0)
		return 0;
	*pid = 0;
	return -1;
}

int child_start(struct child *child, char *const *argv, struct err *err)
{
	return start(&child->pid, child, argv, NULL, NULL, err);
}

/* Takes note of the child's end, if that has come. */
static void reap(struct child *child)
{
	int status;

	if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
		return;
	child->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	child->pid = 0;
}

static void take_signals(struct child *child)
{
	struct signalfd_siginfo info;

	while (read(child->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		child->stopped = true;
		/* SI_KERNEL is the terminal, which has told the child as well. */
		if (child->pid != 0 && info.ssi_code != SI_KERNEL)
			kill(child->pid, (int)info.ssi_signo);
	}
}

int child_wait(struct child *child, child_tick *tick, void *context, struct err *err)
{
	int rc = 0;

	while (child->pid != 0) {
		struct pollfd poller = {.fd = child->signals, .events = POLLIN};

		poll(&poller, 1, TICK_MS);
		take_signals(child);
		reap(child);
		if (rc != 0 || tick == NULL || tick(context, err) == 0)
			continue;
		rc = -1;
		if (child->pid != 0)
			kill(child->pid, SIGTERM);
	}
	return rc;
}

void child_done(struct child *child)
{
	struct signalfd_siginfo info;

	for (size_t i = 0; i < child->nenv; i++)
		free(child->env[i].value);
	child->nenv = 0;
	/* What came meanwhile has been heeded: the command has ended. */
	while (child->signals >= 0 && read(child->signals, &info, sizeof(info)) == sizeof(info))
		;
	if (child->signals >= 0)
		close(child->signals);
	child->signals = -1;
	if (child->blocked)
		sigprocmask(SIG_SETMASK, &child->mask, NULL);
	child->blocked = false;
}

/* A server hears nothing of the terminal: what is typed there is for the command. */
static void detach(const char *errors)
{
	int null = open("/dev/null", O_RDWR);
	int log = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	if (log > STDERR_FILENO)
		close(log);
}

int server_start(pid_t *pid, const struct child *child, char *const *argv, const char *errors,
		 struct err *err)
{
	return start(pid, child, argv, detach, errors, err);
}

bool server_runs(pid_t *pid)
{
	if (*pid != 0 && waitpid(*pid, NULL, WNOHANG) != 0)
		*pid = 0;
	return *pid != 0;
}

void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
}

void server_stop(pid_t *pid)
{
	if (*pid != 0)
		kill(*pid, SIGTERM);
	for (int i = 0; i < 5 * STOP_TICKS && server_runs(pid); i++)
		nap();
	if (*pid == 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}
