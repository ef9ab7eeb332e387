/*
 * outbox: what must happen in other processes as soon as the transaction is durable: texts for
 * agents and jobs for compute. A request that fails takes out again what it put in, and a commit
 * that fails empties the outbox. So nothing leaves that did not happen.
 */
#ifndef REGION_OUTBOX_H
#define REGION_OUTBOX_H

#include "region/ports.h"

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *o); /* NULL is fine */

/* Everything that is handed in is copied. What does not fit any more is left out: then outbox_err
 * returns ERR_FULL until that is undone, and whoever put it in fails. A commit is refused too. */
void outbox_text(struct outbox *o, uint64_t link, struct str text);
void outbox_close(struct outbox *o, uint64_t link, uint16_t code, struct str reason);
void outbox_job(struct outbox *o, uint64_t job, struct str verb,
    const struct compute_option *options, size_t n);

int outbox_err(const struct outbox *o) MUST_CHECK;

/* outbox_undo takes out whatever was put in since outbox_mark returned this mark. */
size_t outbox_mark(const struct outbox *o);
void outbox_undo(struct outbox *o, size_t mark);

/* Hands everything over in the order in which it was put in, and empties the outbox. */
void outbox_deliver(struct outbox *o, const struct front_port *front,
    const struct compute_port *compute);

#endif
