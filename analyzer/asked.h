/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statistics that count into a ledger, each in its own file. */
#ifndef ANALYZER_ASKED_H
#define ANALYZER_ASKED_H

#include "analyzer/statistic.h"

extern const struct statistic statistic_io, statistic_tx, statistic_home, statistic_amp, statistic_size,
    statistic_seq, statistic_rewrite, statistic_first, statistic_working_set, statistic_torn;

#endif
