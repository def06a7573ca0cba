/* What an exercise asks before it shows: made anew for each round, so that an answer seen once is
 * no help for the next. The same round is the same questions in every session. */
#ifndef LAB_LESSON_ASK_H
#define LAB_LESSON_ASK_H

#include "core/lab/lab.h"
#include "core/lab/lesson_file.h"

#define FORM_SCORES 6
#define FORM_NAMES  5
#define FORM_WORD   40 /* bytes of one answer */

/* One round with its right answers. Texts in the arena given. */
struct form {
    enum ask_kind kind;
    int round;
    const char *intro;                 /* what to do */
    const char *items[LESSON_CHOICES]; /* what is asked about, a line each */
    int item_count;
    const char *choices[LESSON_CHOICES]; /* a, b, c, ...; or what the numbers stand for */
    int choice_count;
    const char *example;          /* "3 5" */
    int words;                    /* how many an answer has */
    double right[LESSON_CHOICES]; /* of each word; not for ASKS_NUMBERS */
    double within;                /* still right when so far off */
};

/* Round `round`, from 1, of an exercise opened at `since`. Fails where a set cannot be read. Of
 * ASKS_SCORES and ASKS_REASONS the rules in force are asked. */
bool form_make(struct lab *lab, const struct lesson *l, int64_t since, int round, struct arena *a,
               struct form *ret, struct error *err);

struct form_word {
    char text[FORM_WORD];
    int correct; /* 1, 0; -1: not for us to judge */
};
/* Reads an answer: words with blanks or commas between them, or one word of letters where each is
 * a choice. ret: form->words of them. */
bool form_read(const struct form *f, const char *text, struct form_word ret[LESSON_CHOICES],
               struct error *err);
/* "4 of 6 right. ..." and what would have been right. Appended. */
void form_outcome(const struct form *f, const struct form_word *words, struct buf *to);

#endif
