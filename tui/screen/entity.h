/* What an entity of HTML stands for ("&lt;", "&eacute;", "&#8212;", "&#x2014;"). */
#ifndef SCREEN_ENTITY_H
#define SCREEN_ENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* The text of an entity, s from '&' to ';', into ret (NUL-terminated UTF-8). Numbers that are no
 * character, and 0, are U+FFFD; tab and line ends are a blank. Returns false for a name not known:
 * it is then shown as it stands. */
#define ENTITY_BYTES 8
bool entity_text(const char *s, size_t len, char ret[ENTITY_BYTES]);

#endif
