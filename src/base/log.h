/*
 * log: one line per event on stderr:
 *   2024-08-01T13:24:47.123Z LEVEL PROCESS[PID] ev=NAME key="text" key=number ...
 * Texts are quoted and escaped, so that they have no raw control byte, quote or backslash; a text
 * is cut at 1024 bytes, and a line at 4096. Never pass keys, signatures, tokens or other secrets.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Lines below the level are dropped. It is LOG_LEVEL_INFO at first. */
void log_set_level(enum log_level level);
/* Sets the name of the process in each line; name must live for ever. */
void log_set_name(const char *name);

/* A key and value of a line. Make them with log_s, log_c, log_i and log_e; a text that is empty
 * or NULL is left out of the line, with its key. */
struct log_kv {
	const char *k;
	struct str s;
	int64_t i;
	enum { LOG_KV_STR, LOG_KV_INT } type;
};
struct log_kv log_s(const char *k, struct str v);
struct log_kv log_c(const char *k, const char *v);
struct log_kv log_i(const char *k, int64_t v);
struct log_kv log_e(int err); /* err="text of the code" */

/* Writes a line. Use the macros below. */
void log_line(enum log_level level, const char *ev, const struct log_kv *kv, size_t n);

#define LOG_KVS_(...) \
	(const struct log_kv[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_kv[]){ __VA_ARGS__ }) / sizeof(struct log_kv)
/* For example: log_info("login", log_s("user", user), log_i("port", 22)). At least one pair. */
#define log_debug(ev, ...) log_line(LOG_LEVEL_DEBUG, (ev), LOG_KVS_(__VA_ARGS__))
#define log_info(ev, ...) log_line(LOG_LEVEL_INFO, (ev), LOG_KVS_(__VA_ARGS__))
#define log_warn(ev, ...) log_line(LOG_LEVEL_WARN, (ev), LOG_KVS_(__VA_ARGS__))
#define log_error(ev, ...) log_line(LOG_LEVEL_ERROR, (ev), LOG_KVS_(__VA_ARGS__))

#endif
