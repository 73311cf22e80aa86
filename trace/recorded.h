/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What blkmap's recorders write of the disk into a trace, in the words that all formats share:
   "sectors=N", "identity=WORD,WORD" (base/identity.h) and "blind=OP,OP", the operations that the recorder
   cannot see. */
#ifndef TRACE_RECORDED_H
#define TRACE_RECORDED_H

#include "trace/trace.h"

/* In blktrace's messages such a word follows this one; there a message holds one word of identity. */
#define RECORDED_SIGN "blkmap "

struct recorded {
	struct identity identity;
	unsigned blind;
};

/* Takes a word; false when it makes no sense. */
bool recorded_take(struct recorded *recorded, const char *word);

/* "discard,flush" and "discards and flushes" */
void recorded_blind_words(struct text *out, unsigned blind);
void recorded_blind_text(struct text *out, unsigned blind);

/* Tells the trace; what makes no sense is left out. */
void trace_recorded(struct trace *trace, const struct recorded *recorded);

#endif
