/*
 * banned: calls that are compile errors in this tree. Included by the build
 * before every file. What to use instead stands behind each.
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
#pragma GCC poison gets popen                    /* - */
#pragma GCC poison gmtime localtime              /* date */
#pragma GCC poison system /* exec in a child; alloca is refused by -Walloca */
#ifndef EIC_ROOM_BASE
#pragma GCC poison malloc calloc realloc strdup strndup /* alloc, arena, str_dup */
#endif

#endif
