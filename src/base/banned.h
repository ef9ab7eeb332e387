/*
 * banned: functions whose use is a compile error in this tree. The build includes this header
 * before every file. The comment behind each line says what to use instead.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison sprintf vsprintf              /* buf_fmt, snprintf */
#pragma GCC poison strcpy strcat strncpy strncat /* str_copy, buf */
#pragma GCC poison strtok strtok_r               /* rd */
#pragma GCC poison atoi atol atoll sscanf        /* num */
#pragma GCC poison gets popen                    /* nothing */
#pragma GCC poison gmtime localtime              /* date */
#pragma GCC poison system                        /* proc/spawn (alloca is refused by -Walloca) */
#ifndef EIC_ROOM_BASE
#pragma GCC poison malloc calloc realloc strdup strndup /* alloc, arena, str_dup */
#endif

#endif
