/* Copying to where a person can paste it, also over SSH.
 *
 * In this order: inside tmux by `tmux load-buffer`, which works with tmux as it comes and tells
 * whether it did; else by OSC 52, an escape sequence to which the terminal gives no answer; and
 * always into a file as well. The sentence says what was done, never what is hoped for.
 *
 * Nothing waits: tmux is a child process that is fed through a pipe that never blocks, a step
 * every COPY_STEP_MS from a timer of the loop, and has COPY_PATIENCE_MS to end. The sentence comes
 * from net_step, always later than the call. */
#ifndef SCREEN_COPY_H
#define SCREEN_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/wire/net.h"

#define COPY_STEP_MS     5
#define COPY_PATIENCE_MS 3000
/* Text that still fits when it is encoded: terminals take 100,000 bytes. */
#define COPY_OSC52_BYTES 74994
/* GNU screen takes strings of less than 768 bytes. */
#define COPY_SCREEN_PIECE 767
/* What can be copied at all: the longest answer there is. */
#define COPY_MAX_BYTES MAX_ANSWER_BYTES

/* How text gets to the clipboard here. */
enum copy_way {
    COPY_TMUX,   /* tmux load-buffer */
    COPY_OSC52,  /* straight to the terminal */
    COPY_SCREEN, /* the same, in pieces that GNU screen hands on */
    COPY_NONE    /* a terminal that would draw the sequence (the Linux console): the file alone */
};

/* From the values of TMUX, STY and TERM, each may be NULL. */
enum copy_way copy_way(const char *tmux, const char *sty, const char *term);

/* Appends the sequence that puts text on the clipboard; `screen`: in pieces for GNU screen. False,
 * with nothing added, where the text is longer than COPY_OSC52_BYTES. */
bool copy_osc52(struct buf *to, const char *text, size_t len, bool screen);

struct copy_to {
    enum copy_way way;
    const char *tmux;   /* NULL: "tmux" in PATH; tests have others */
    const char *folder; /* the state folder, for copied.txt; NULL: no file (recording is off) */
    void (*send)(const char *bytes, size_t len); /* term_send */
    void (*said)(void *self, const char *sentence);
    void *self;
};

/* One copy at a time; a new one takes the place of one that is not over. */
struct copier {
    struct net *net;
    struct copy_to to;
    struct net_timer timer;
    struct buf text;
    size_t at;          /* bytes of it that tmux has */
    int pipe;           /* to tmux; 0: none */
    pid_t tmux;         /* 0: none runs */
    size_t tries;       /* of tmux */
    int64_t give_up_ns; /* when tmux had time enough */
    bool kept;          /* in `file` */
    char file[512], not_kept[300];
};

/* Borrows net; keeps the texts of `to`. */
void copy_init(struct copier *c, struct net *net, const struct copy_to *to);
void copy_done(struct copier *c); /* accepts a zeroed one; ends a tmux that still runs */
/* Text is copied; empty text is said and not copied. */
void copy_text(struct copier *c, const char *text, size_t len);

#endif
