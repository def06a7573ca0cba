/* One pattern of a rule, found in a text within bounds. Home of PCRE2.
 *
 * Patterns are PCRE2 expressions, matched against the query in lower case. \d is a digit of
 * any script; \s is white space in the Unicode sense with the four separators U+001C to
 * U+001F, and without U+180E (text_is_space), which is not quite what PCRE2 alone would take.
 *
 * Rules may come from a stranger, and a pattern can be written so that it would run for
 * years. So every attempt has a limit on its steps, and all patterns of one text together on
 * the processor time they use; one that comes to a limit gives up and counts as not found. On a question
 * of ordinary length only repeats inside repeats come near. On one of many thousand bytes so
 * does a pattern that runs to the end from each letter, or one that may take a long run back
 * letter by letter: (?<!\d)\d++ in place of \d+ does neither. */
#ifndef ROUTE_PATTERN_H
#define ROUTE_PATTERN_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/route/needs.h"

struct pattern; /* immutable once made; may be shared */

/* Compiles text[0..len), valid UTF-8. The error says what is wrong and at which character. */
struct pattern *pattern_new(const char *text, size_t len, struct error *err);
void pattern_free(struct pattern *p); /* accepts NULL */

/* What any text that matches must hold. */
const struct needs *pattern_needs(const struct pattern *p);

/* Working memory for matching, one for each thread that does so. */
struct pattern_room;
struct pattern_room *pattern_room_new(void);
void pattern_room_free(struct pattern_room *room); /* accepts NULL */
/* A new text of so many bytes begins: its time starts anew. */
void pattern_room_begin(struct pattern_room *room, size_t len);

/* Processor time for all patterns of one text, when they are many or the text is long: far
 * beyond what any pattern needs that does not run away, so the outcome is the same on a slow
 * or busy machine. */
#define PATTERN_MS          100
#define PATTERN_NS_PER_BYTE 2000

enum pattern_said { PATTERN_NO, PATTERN_FOUND, PATTERN_GAVE_UP };

/* The first match in text[0..len), valid UTF-8 in lower case; `ascii` tells that it holds
 * nothing else. *ret_from and *ret_len are set only where it is found. */
enum pattern_said pattern_find(const struct pattern *p, struct pattern_room *room, const char *text,
                               size_t len, bool ascii, size_t *ret_from, size_t *ret_len);

#endif
