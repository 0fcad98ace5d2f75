/* Functions that were inlined into others: their calls are counted, and what they call is called
 * from them. */
#ifndef PROFINST_INLINED_H
#define PROFINST_INLINED_H

#include "flow.h"
#include "unit.h"
#include <stdint.h>

/* What is inlined in a function: found before anything is added to it. */
struct inlined {
    struct inlined_probe *probes;
    struct flow_event *events; /* calls, with the frames that they are made from */
    size_t probe_count, event_count;
    bool framed; /* some of them are made from inlined code */
    /* As in struct unit_function. */
    LLVMValueRef *descriptors;
    uint32_t *callers;
    uint32_t frame_count;
    uint32_t again; /* frame, from 1, of the function in itself; 0: none */
};

/* Forgets the frames of a module before. */
void inlined_begin(void);

/* Finds what is inlined in the function. Adds descriptors. */
struct inlined inlined_find(struct unit *unit, LLVMValueRef function);

/* Builds, in a function with hooks, the counts, and before calls what tells from where they are
 * made. The builder stands behind the hook of the entry; `own` is what that returned. */
void inlined_record(const struct unit *unit, LLVMBuilderRef builder, const struct inlined *inlined,
                    LLVMValueRef own);

/* The same in a function without hooks, and records external calls that inlined code makes. */
void inlined_report(struct unit *unit, const struct inlined *inlined);

void inlined_free(struct inlined *inlined);

#endif
