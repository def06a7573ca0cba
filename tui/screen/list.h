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
/* Scrolls so that the choice is seen in `height` rows; call before drawing. */
void list_show(struct list *l, int height);

#endif
