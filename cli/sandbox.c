/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Landlock (landlock(7), include/uapi/linux/landlock.h), capabilities and limits.  The rights that newer kernels know
   are given here by their numbers, since the headers of Debian 12 end at version 2. */
#include "cli/sandbox.h"

#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RIGHT_TRUNCATE (UINT64_C(1) << 14)  /* version 3 */
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15) /* version 5 */
#define RIGHTS_V1 ((UINT64_C(1) << 13) - 1)
#define NET_BIND_CONNECT UINT64_C(3)    /* version 4 */
#define SCOPE_SOCKET_SIGNAL UINT64_C(3) /* version 6 */

/* struct landlock_ruleset_attr of version 6. */
struct ruleset {
	uint64_t fs, net, scoped;
};

void sandbox_allow(struct sandbox *sandbox, const char *path, enum sandbox_use use)
{
	struct sandbox_rule rule = {strdup(path), use};

	if (rule.path != NULL && VEC_PUSH(sandbox, rule) == 0)
		return;
	free(rule.path);
}

void sandbox_done(struct sandbox *sandbox)
{
	for (size_t i = 0; i < sandbox->n; i++)
		free(sandbox->at[i].path);
	VEC_FREE(sandbox);
}

/* --- Landlock --- */

static uint64_t rights_of(enum sandbox_use use)
{
	const uint64_t replace = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
				 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER |
				 LANDLOCK_ACCESS_FS_READ_DIR | RIGHT_TRUNCATE;

	switch (use) {
	case SANDBOX_READ:
		return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	case SANDBOX_LIST:
		return LANDLOCK_ACCESS_FS_READ_DIR;
	case SANDBOX_REPLACE:
		return replace;
	case SANDBOX_MAKE:
		return replace | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR;
	case SANDBOX_WRITE:
		return LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | RIGHT_IOCTL_DEV;
	default:
		return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_TRUNCATE;
	}
}

/* What a version of Landlock can forbid. */
static uint64_t rights_known(int abi)
{
	uint64_t rights = RIGHTS_V1;

	if (abi >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		rights |= RIGHT_TRUNCATE;
	return abi >= 5 ? rights | RIGHT_IOCTL_DEV : rights;
}

static void add_rule(int ruleset, const struct sandbox_rule *rule, uint64_t known)
{
	const uint64_t of_files =
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | RIGHT_IOCTL_DEV;
	struct landlock_path_beneath_attr beneath = {.allowed_access = rights_of(rule->use) & known,
						     .parent_fd = open(rule->path, O_PATH | O_CLOEXEC)};
	struct stat st;

	if (beneath.parent_fd < 0)
		return;
	if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		beneath.allowed_access &= of_files;
	if (beneath.allowed_access != 0)
		(void)!syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

static int limit_files(struct sandbox *sandbox, struct err *err)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset attr;
	int ruleset;

	abi = abi > sandbox->abi_most ? sandbox->abi_most : abi;
	if (abi < 1)
		return 0;
	attr = (struct ruleset){.fs = rights_known(abi),
				.net = abi >= 4 ? NET_BIND_CONNECT : 0,
				.scoped = abi >= 6 ? SCOPE_SOCKET_SIGNAL : 0};
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return err_set(err, "Landlock: %s", strerror(errno));
	for (size_t i = 0; i < sandbox->n; i++)
		add_rule(ruleset, &sandbox->at[i], attr.fs);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
		close(ruleset);
		return err_set(err, "Landlock: %s", strerror(errno));
	}
	close(ruleset);
	sandbox->abi = abi;
	return 0;
}

/* --- capabilities and limits --- */

static int set_capabilities(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
	    {.permitted = (uint32_t)permitted, .effective = (uint32_t)effective},
	    {.permitted = (uint32_t)(permitted >> 32), .effective = (uint32_t)(effective >> 32)},
	};

	return (int)syscall(SYS_capset, &header, data);
}

static uint64_t get_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}, {0}};

	if (syscall(SYS_capget, &header, data) != 0)
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static bool can_use(const struct sandbox_rule *rule)
{
	int mode = R_OK;

	if (rule->use == SANDBOX_REPLACE || rule->use == SANDBOX_MAKE || rule->use == SANDBOX_KEEP)
		mode = W_OK | X_OK;
	else if (rule->use == SANDBOX_WRITE)
		mode = W_OK;
	return faccessat(AT_FDCWD, rule->path, mode, AT_EACCESS) == 0 || errno != EACCES;
}

/* All go, but those that go round a file's mode where one of the named files needs that. */
static int drop_capabilities(struct sandbox *sandbox, struct err *err)
{
	const uint64_t around = UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1) << CAP_DAC_READ_SEARCH |
				UINT64_C(1) << CAP_CHOWN | UINT64_C(1) << CAP_FOWNER;
	uint64_t had = get_capabilities(), kept = 0;

	sandbox->caps = true;
	if (had == 0)
		return 0;
	if (set_capabilities(had, 0) != 0)
		return err_set(err, "cannot drop capabilities: %s", strerror(errno));
	for (size_t i = 0; i < sandbox->n; i++)
		if (!can_use(&sandbox->at[i]))
			kept = had & around;
	for (int cap = 0; cap < 64; cap++)
		(void)!prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	sandbox->caps = kept == 0;
	return set_capabilities(kept, kept) == 0
		   ? 0
		   : err_set(err, "cannot drop capabilities: %s", strerror(errno));
}

/* A limit on processes counts threads, too, and those of the same user. */
static void set_limits(const struct sandbox *sandbox)
{
	struct rlimit none = {0, 0};

	(void)!setrlimit(RLIMIT_CORE, &none);
	if (sandbox->alone)
		(void)!setrlimit(RLIMIT_NPROC, &none);
}

int sandbox_enter(struct sandbox *sandbox, struct err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(err, "cannot give up new privileges: %s", strerror(errno));
	set_limits(sandbox);
	if (limit_files(sandbox, err) != 0 || drop_capabilities(sandbox, err) != 0)
		return -1;
	return sandbox_limit_calls(sandbox, err);
}
