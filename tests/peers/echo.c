/* What the plainest ncurses program sends for a stream: every piece of text is added where the
 * cursor is and shown at once. Reads its file (standard input is the terminal) to its end. */
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char piece[4096];
    ssize_t n;
    FILE *from = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!from)
        return 2;
    setlocale(LC_ALL, "");
    initscr();
    scrollok(stdscr, TRUE);
    while ((n = read(fileno(from), piece, sizeof piece)) > 0) {
        addnstr(piece, (int)n);
        refresh();
    }
    endwin();
    fclose(from);
    return 0;
}
