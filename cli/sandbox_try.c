/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What code would try that a hostile image has taken over; BLKMAP_DEBUG_SANDBOX=try runs it where parsing would begin.
   Nothing of it harms where it works. */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool makes_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool changes_mode(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && chmod(path, st.st_mode & 07777) == 0;
}

/* The kernel would signal the parent when something comes. */
static bool owns_to_parent(void)
{
	int ends[2];

	return pipe(ends) == 0 && fcntl(ends[0], F_SETOWN, getppid()) == 0;
}

static bool forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0;
}

static int tell(const char *what, bool worked)
{
	if (worked)
		printf("works: %s\n", what);
	return worked ? 1 : 0;
}

int sandbox_try_out(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};
	int worked = 0;

	worked += tell("open /etc/passwd", opens("/etc/passwd", O_RDONLY));
	worked += tell("open /etc/shadow", opens("/etc/shadow", O_RDONLY));
	worked += tell("list /", opens("/", O_RDONLY | O_DIRECTORY));
	worked += tell("open /dev/mem", opens("/dev/mem", O_RDONLY));
	worked += tell("write /var/tmp", opens("/var/tmp", O_TMPFILE | O_WRONLY));
	worked += tell("write /etc/passwd", opens("/etc/passwd", O_WRONLY));
	worked += tell("make a socket", makes_socket(AF_INET));
	worked += tell("make a local socket", makes_socket(AF_UNIX));
	worked += tell("signal the parent", kill(getppid(), 0) == 0);
	worked += tell("have the parent signalled", owns_to_parent());
	worked += tell("put words into a terminal", ioctl(STDIN_FILENO, TIOCSTI, "") == 0 || errno != EPERM);
	worked += tell("change a file's mode", changes_mode("/etc/passwd"));
	worked += tell("signal init", kill(1, 0) == 0);
	worked += tell("trace the parent", ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0);
	worked += tell("make a process", forks());
	worked += tell("mount", syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL) == 0);
	execv("/bin/true", argv);
	tell("run a program refused with another error", errno != EPERM && errno != EACCES);
	fflush(stdout);
	return worked;
}
