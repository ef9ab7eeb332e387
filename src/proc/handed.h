/*
 * handed: the files that the processes of a generation are handed beside `conf`: certificates and
 * keys. They are read when the generation starts and at each reload, and kept. What lies on disk
 * may have become bad by the time at which a process dies and is started again, and then the
 * process must get what it had.
 *
 * At a reload the parent cannot tell whether a certificate is good; the role can, and goes on with
 * the one before if not. So the files with which a process of a row was ready last are kept beside
 * those of the reload. A start may fail for many reasons. So the set of the reload is given up only
 * when starts failed with it again and again, and one with the set before succeeds (decision 0054).
 */
#ifndef PROC_HANDED_H
#define PROC_HANDED_H

#include "base/str.h"
#include "proc/supervise.h"

struct handed;

/* Reads the files of n rows, which are borrowed. A file that cannot be read is logged, and is not
 * handed to anybody: its role complains that it lacks it. */
struct handed *handed_new(const struct supervise_row *rows, size_t n);
void handed_free(struct handed *h); /* wipes; NULL is fine */

/* A reload: reads the files again. One that cannot be read stays as it was; a revocable one that is
 * not there is empty from now on, whichever set is handed out. */
void handed_read(struct handed *h);
/* File i of a row, borrowed until the next call that changes h. False: there is none. */
bool handed_get(const struct handed *h, const struct supervise_row *row, size_t i,
    struct str *ret_bytes);
/* File i of a row has these bytes from now on, on disk too. */
void handed_keep(struct handed *h, const struct supervise_row *row, size_t i, struct str bytes);
/* The set of files that a process of this row would be given now. */
unsigned handed_set(const struct handed *h, const struct supervise_row *row);
/* A process of the row that was started with this set is ready: the other set is dropped, and if
 * that is the newer one, an error is logged. */
void handed_good(struct handed *h, const struct supervise_row *row, unsigned set);
/* Such a process has ended before it was ready. After three of these for each process of the row
 * handed_get gives the good set from before the last reload; after one with that, the newer one
 * again. Each change is logged as a warning. */
void handed_bad(struct handed *h, const struct supervise_row *row, unsigned set);

#endif
