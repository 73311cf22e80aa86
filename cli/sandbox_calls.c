/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system calls that are left.  Any other fails with EPERM, so that a library which tries one for convenience goes
   on.  Not among them: execve, socket, connect, bind, ptrace, process_vm_*, mount, bpf, perf_event_open, io_uring,
   keyctl, unshare, setns, chmod and chown by name, which Landlock leaves, and signals to any process but this one.  The only file that includes libseccomp. */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Each by what it is for. */
static const char *const calls[] = {
    /* reading and writing what is open */
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "_llseek",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",

    "flock",
    "fsync",
    "fdatasync",
    "ftruncate",
    "ftruncate64",
    "fallocate",
    "fadvise64",
    "fadvise64_64",
    "copy_file_range",
    "sendfile",

    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "eventfd2",
    "memfd_create",
    /* what names lead to */

    "stat",
    "stat64",
    "fstat",
    "fstat64",
    "lstat",
    "lstat64",
    "newfstatat",
    "fstatat64",
    "statx",
    "statfs",
    "fstatfs",
    "statfs64",
    "fstatfs64",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents",
    "getdents64",
    "getcwd",

    "fchmod",

    "fchown",
    "fchown32",

    "umask",

    /* memory */
    "mmap",
    "mmap2",
    "munmap",
    "mprotect",
    "mremap",
    "madvise",
    "brk",
    "mincore",
    "msync",
    "membarrier",
    /* threads of our own */
    "futex",
    "futex_time64",
    "futex_waitv",
    "set_robust_list",
    "get_robust_list",
    "set_tid_address",
    "rseq",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "waitpid",
    "restart_syscall",
    /* signals that come */
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigreturn",
    "sigaltstack",
    "rt_sigtimedwait",
    /* servers that are connected already */
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "shutdown",
    "getsockopt",
    "getsockname",
    "getpeername",
    /* time, chance and who we are */
    "gettimeofday",
    "clock_gettime",
    "clock_gettime64",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "times",
    "getrusage",
    "sysinfo",
    "uname",
    "getrandom",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getuid32",
    "geteuid32",
    "getgid32",
    "getegid32",
    "getgroups",
    "getpid",
    "gettid",
    "getppid",
    "getpgrp",
    "getrlimit",
    "ugetrlimit",
    "capget",
    "prctl",
    "arch_prctl",
    "setrlimit",
};

/* Files that Landlock leaves.  Where there is no Landlock, and no output, nothing needs these: all inputs are open. */
static const char *const file_calls[] = {
    "open",   "openat", "openat2",  "rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "mkdir",  "mkdirat",  "rmdir",
};

static int allow(scmp_filter_ctx filter, const char *name, unsigned n, const struct scmp_arg_cmp *args)
{
	int call = seccomp_syscall_resolve_name(name);

	/* What this machine or this libseccomp does not know cannot be called either. */
	if (call == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, n, args);
}

/* A call for some values of its second argument: not to put words into a terminal (TIOCSTI), nor to have the kernel
   signal another process (F_SETOWN). */
static int allow_requests(scmp_filter_ctx filter, const char *name, const uint64_t *requests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct scmp_arg_cmp request = SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, requests[i]);

		if (allow(filter, name, 1, &request) != 0)
			return -1;
	}
	return 0;
}

static int allow_controls(scmp_filter_ctx filter)
{
	static const uint64_t ioctls[] = {TCGETS, TIOCGWINSZ, FIONREAD, BLKGETSIZE64, BLKSSZGET, FICLONE};
	static const uint64_t fcntls[] = {F_DUPFD,     F_DUPFD_CLOEXEC, F_GETFD,     F_SETFD,    F_GETFL,
					  F_SETFL,     F_GETLK,         F_SETLK,     F_SETLKW,   F_OFD_GETLK,
					  F_OFD_SETLK, F_OFD_SETLKW,    F_ADD_SEALS, F_GET_SEALS};
	const size_t nfcntls = sizeof(fcntls) / sizeof(fcntls[0]);

	return allow_requests(filter, "ioctl", ioctls, sizeof(ioctls) / sizeof(ioctls[0])) != 0 ||
		       allow_requests(filter, "fcntl", fcntls, nfcntls) != 0 ||
		       allow_requests(filter, "fcntl64", fcntls, nfcntls) != 0
		   ? -1
		   : 0;
}

/* Threads may be made, and processes not; glibc goes back to clone where clone3 is not there. */
static int allow_threads(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
	int clone3 = seccomp_syscall_resolve_name("clone3");

	if (clone3 != __NR_SCMP_ERROR && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0) != 0)
		return -1;
	return allow(filter, "clone", 1, &thread);
}

/* abort() signals its own thread. */
static int allow_own_signals(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
	const struct scmp_arg_cmp of_self = SCMP_A0(SCMP_CMP_EQ, 0);

	return allow(filter, "kill", 1, &self) != 0 || allow(filter, "tgkill", 1, &self) != 0 ||
		       allow(filter, "rt_tgsigqueueinfo", 1, &self) != 0 ||
		       allow(filter, "prlimit64", 1, &of_self) != 0
		   ? -1
		   : 0;
}

static int allow_sockets(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX);

	return allow(filter, "socket", 1, &local) != 0 || allow(filter, "connect", 0, NULL) != 0 ? -1 : 0;
}

static int fill(scmp_filter_ctx filter, const struct sandbox *sandbox)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (allow(filter, calls[i], 0, NULL) != 0)
			return -1;
	for (size_t i = 0; i < sizeof(file_calls) / sizeof(file_calls[0]); i++)
		if ((sandbox->abi > 0 || !sandbox->closed) && allow(filter, file_calls[i], 0, NULL) != 0)
			return -1;
	if (allow_controls(filter) != 0 || allow_threads(filter) != 0 || allow_own_signals(filter) != 0)
		return -1;
	return sandbox->sockets ? allow_sockets(filter) : 0;
}

int sandbox_limit_calls(struct sandbox *sandbox, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int status;

	if (filter == NULL)
		return err_set(err, "seccomp: no filter can be made");
	seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	status = fill(filter, sandbox) == 0 ? seccomp_load(filter) : -EINVAL;
	seccomp_release(filter);
	/* A kernel without seccomp says so. */
	if (status == -EINVAL || status == -ENOSYS || status == -EOPNOTSUPP || status == -ECANCELED)
		return 0;
	if (status != 0)
		return err_set(err, "seccomp: %s", strerror(-status));
	sandbox->calls = true;
	return 0;
}
