/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may happen to a file that is mapped into memory. */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

/* Before the only file that is mapped is opened: from now on the program ends with one line about it, and
   status 2, when what is mapped is gone. */
void guard_saved_map(const char *path);

/* Does so when the file has been changed.  For all that prints: what has been made of a map is shown only
   when the map was still the one that had been checked. */
void guard_check(void);

#endif
