/*
 * outbox: what must happen in other processes once the transaction is durable:
 * texts for agents and jobs for compute. A request that fails takes what it
 * put in back out; a commit that fails empties it. So nothing leaves that did
 * not happen.
 */
#ifndef REGION_OUTBOX_H
#define REGION_OUTBOX_H

#include "region/ports.h"

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *o); /* NULL is fine */

/* All are copied. */
void outbox_text(struct outbox *o, uint64_t link, struct str text);
void outbox_close(struct outbox *o, uint64_t link, uint16_t code, struct str reason);
void outbox_job(struct outbox *o, uint64_t job, struct str verb,
    const struct compute_option *options, size_t n);

/* Where it stands, and back to there. */
size_t outbox_mark(const struct outbox *o);
void outbox_undo(struct outbox *o, size_t mark);

/* Hands everything over in the order in which it came, and is empty. */
void outbox_deliver(struct outbox *o, const struct front_port *front,
    const struct compute_port *compute);

#endif
