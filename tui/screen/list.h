/* Which row of a list is chosen, and which rows are seen. Plain numbers, no drawing. */
#ifndef SCREEN_LIST_H
#define SCREEN_LIST_H

#include <stdbool.h>

struct list {
    int count; /* rows there are */
    int at;    /* the chosen one, 0 where there is none */
    int top;   /* the first one seen */
};

/* The list has now so many rows; the choice stays where it can. */
void list_count(struct list *l, int count);
/* Moves the choice by `rows`, stopping at the ends. True where it moved. */
bool list_move(struct list *l, int rows);
void list_to(struct list *l, int at);
/* The row so many rows on from `at` (back where negative) of `count`, which is above 0; beyond an end
 * the other one follows. What looks for words goes through all of them with 1 to count, or -1 to
 * -count, and comes last to the row it began with. */
int list_around(int at, int count, int rows);
/* Scrolls so that the choice is seen in `height` rows; call before drawing. */
void list_show(struct list *l, int height);

#endif
