/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/shown.h"

const struct shown shown[] = {
    {&statistic_usage, true, usage_text, usage_json},
    {&statistic_alignment, true, alignment_text, alignment_json},
    {NULL, false, NULL, NULL},
};
