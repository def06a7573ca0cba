/* What a verb with a word of its own does ("cache clear"), in at most 39 columns. */
#ifndef OVER_PALETTE_WORDS_H
#define OVER_PALETTE_WORDS_H

/* `otherwise` where the table does not know it. */
const char *palette_words(const char *verb, const char *otherwise);

#endif
