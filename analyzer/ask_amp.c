/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amp: what each byte of file data cost: bytes written in all for each byte of it. */
#include "analyzer/asked.h"
#include "analyzer/question.h"

enum { DATA, JOURNAL, METADATA, VOLUME, OTHER, ALL };

static const struct ledger_column columns[] = {
    {"FILE DATA", "data_bytes", FROM_SUM, LEDGER_SECTORS, DATA, 0},
    {"JOURNAL", "journal_bytes", FROM_SUM, LEDGER_SECTORS, JOURNAL, 0},
    {"METADATA", "metadata_bytes", FROM_SUM, LEDGER_SECTORS, METADATA, 0},
    {"RAID/LVM", "volume_bytes", FROM_SUM, LEDGER_SECTORS, VOLUME, 0},
    {"OTHER", "other_bytes", FROM_SUM, LEDGER_SECTORS, OTHER, 0},
    {"ALL", "bytes", FROM_SUM, LEDGER_SECTORS, ALL, 0},
    {"AMP", "amplification", FROM_RATIO, LEDGER_RATIO, ALL, DATA},
};

const struct ledger_plan plan_amp = {
    .keys = {{"DEVICE", "device", false}},
    .nkeys = 1,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 5,
    .has_total = true,
    .remark = "AMP: bytes written for each byte of file data",
};

QUESTION_PLAN(&plan_amp)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static unsigned purpose(enum kind kind)
{
	if (kind == KIND_FILE_DATA)
		return DATA;
	if (kind == KIND_JOURNAL)
		return JOURNAL;
	if (kind_role(kind) != ROLE_STRUCTURE)
		return OTHER;
	return kind_layer(kind) == LAYER_FS ? METADATA : kind_layer(kind) == LAYER_VOLUME ? VOLUME : OTHER;
}

static void count(struct question *question, const struct space *space, enum kind kind, uint64_t sectors)
{
	struct ledger_row *row = question_row_of(question, space, kind, NULL, 1);
	struct ledger_row *total = &question->ledger.total;
	unsigned of = purpose(kind);

	if (row == NULL)
		return;
	row->sum[of] += sectors;
	row->sum[ALL] += sectors;
	total->sum[of] += sectors;
	total->sum[ALL] += sectors;
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	if (access->op == ACCESS_WRITE)
		count(state, place->space, place->kind, place->count);
}

static void count_usual(void *state, const struct usual_place *place)
{
	if (place->usual->op == ACCESS_WRITE)
		count(state, place->space, (enum kind)place->extent->kind, place->usual->count);
}

const struct statistic statistic_amp = {
    .name = "amp",
    .help = "what each byte of file data cost in journal, metadata, RAID and LVM",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .usual = count_usual,
    .finish = question_finish,
};
