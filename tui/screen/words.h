/* Figures and times in words as narrow as a column is. Unknown is "-". */
#ifndef SCREEN_WORDS_H
#define SCREEN_WORDS_H

#include <stdint.h>

#define WORDS 32

/* "S", "M" or "C" of a level by name, for narrow columns; "-" for none. */
const char *level_letter(const char *level);
/* "14:03" today, "Mon 11:20" within a week, "2026-01-31" before; "-" for 0. */
#define WHEN_SIZE WORDS
const char *when_text(int64_t wall_ns, int64_t now_wall_ns, char ret[WHEN_SIZE]);
/* "12 s", "3 min", "5 h", "20 days": how long ago that was. */
const char *age_text(int64_t since_wall, int64_t now_wall, char ret[WORDS]);
/* "0.3 ms", "0.9 s", "47.2 s", "12 min 5 s": to a tenth of a second, as in a list. */
const char *brief_seconds(double s, char ret[WORDS]);
/* "1,000,000". */
const char *count_text(int64_t n, char ret[WORDS]);
/* "3.1 MiB", as a folder is measured. */
const char *size_text(int64_t bytes, char ret[WORDS]);

#endif
