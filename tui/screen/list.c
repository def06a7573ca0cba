/* Which row is chosen, and which are seen. */
#include "tui/screen/list.h"

static int within(int v, int low, int high)
{
    return v > high ? high : v < low ? low : v;
}

void list_count(struct list *l, int count)
{
    l->count = count;
    l->at = within(l->at, 0, count > 0 ? count - 1 : 0);
}

void list_to(struct list *l, int at)
{
    l->at = within(at, 0, l->count > 0 ? l->count - 1 : 0);
}

bool list_move(struct list *l, int rows)
{
    int before = l->at;
    list_to(l, l->at + rows);
    return l->at != before;
}

int list_around(int at, int count, int rows)
{
    return ((at + rows) % count + count) % count;
}

void list_show(struct list *l, int height)
{
    if (height < 1)
        height = 1;
    if (l->at < l->top)
        l->top = l->at;
    if (l->at >= l->top + height)
        l->top = l->at - height + 1;
    l->top = within(l->top, 0, l->count > height ? l->count - height : 0);
}
