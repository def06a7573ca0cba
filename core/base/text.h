/* Text is UTF-8 bytes with a length. This file counts, checks, lowers, folds, measures and
 * makes it safe to show. Home of utf8proc. Nothing here needs a locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"

/* One code point of s[0..len). Returns the bytes taken (1 to 4) and the code point, or 1 and
 * -1 where the bytes are not UTF-8 (overlong forms, surrogates, beyond U+10FFFF included).
 * len >= 1. */
size_t text_decode(const char *s, size_t len, int32_t *ret);
/* Writes 1 to 4 bytes, returns how many. cp must be a scalar value. */
size_t text_encode(int32_t cp, char ret[4]);

/* Offset of the first byte that is not part of valid UTF-8, or len where all is well. */
size_t text_valid_up_to(const char *s, size_t len);
/* Code points in valid UTF-8. */
size_t text_points(const char *s, size_t len);

/* A query as it may enter the lab: valid UTF-8, no NUL, at most MAX_QUERY_BYTES. */
bool text_check_query(const char *s, size_t len, struct error *err);

/* Appends the full Unicode lower case (one letter can become two: U+0130). Bytes that are
 * not UTF-8 pass unchanged. */
bool text_lower(struct buf *to, const char *s, size_t len);
/* The same for one code point: writes 1 to 4 bytes, returns how many. */
size_t text_lower_point(int32_t cp, char ret[4]);
/* Appends s trimmed, lower-cased, each run of white space as one space: two texts with equal
 * folds are "the same text" where a person's own words are asked for. */
bool text_fold(struct buf *to, const char *s, size_t len);

/* The first place in s that says the same as `folded` (made by text_fold: any case, any white
 * space where it has a blank). False where there is none, and for "". */
bool text_find(const char *s, size_t len, const char *folded, size_t *ret_at, size_t *ret_len);

/* White space in the Unicode sense, U+001C to U+001F included. */
bool text_is_space(int32_t cp);
/* Only white space, or nothing. */
bool text_is_blank(const char *s, size_t len);

/* Letters with their marks, and digits. Wide ones are Chinese, Japanese and Korean. */
enum text_letter { TEXT_NO_LETTER, TEXT_LETTER, TEXT_WIDE_LETTER };
enum text_letter text_letter(int32_t cp); /* -1 (a bad byte) is none */

/* Terminal columns of s; what cannot be shown counts as the replacement sign would. */
size_t text_cols(const char *s, size_t len);
/* Bytes of the grapheme (what a person takes for one letter) at the start of s; len >= 1. Bytes
 * that are not UTF-8 count one by one. */
size_t text_grapheme(const char *s, size_t len);
/* The same with the columns it takes: 0 (marks on their own), 1 or 2. */
size_t text_next(const char *s, size_t len, size_t *ret_cols);
/* Bytes of the longest start of s that fits in `cols` columns, graphemes kept whole. */
size_t text_fit(const char *s, size_t len, size_t cols);

/* Appends s so that a terminal can only show it: controls (but for \n and \t), DEL, C1,
 * bidirectional overrides and bad bytes become U+FFFD. Text from models, servers and files
 * passes here before it reaches a terminal. */
bool text_safe(struct buf *to, const char *s, size_t len);
/* The same on one line: \n and \t become one space, runs of them too. */
bool text_safe_line(struct buf *to, const char *s, size_t len);

/* Whether this code point (-1: a bad byte) is one of those text_safe replaces. */
bool text_is_unsafe(int32_t cp);

/* Drops a cut-off UTF-8 sequence at the end of a NUL-terminated text. */
void text_trim_partial(char *s);
/* Length of an unfinished but so far valid sequence at the end: 0 to 3. */
size_t text_partial(const char *s, size_t len);

/* How far apart two words are, for "did you mean": edits (insert, delete, replace, swap of
 * neighbours), at most `limit` + 1. Bytes, meant for ASCII names. */
unsigned text_distance(const char *a, const char *b, unsigned limit);

#endif
