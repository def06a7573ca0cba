/* What every verb stands on: the opened lab, signals, and how things are printed.
 *
 * ^C is a request: session_stopped turns true, the verb stops what runs, keeps what was
 * finished and ends with 130. A second ^C ends at once. */
#ifndef VERB_SESSION_H
#define VERB_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/lab/lab.h"
#include "tui/screen/words.h"
#include "tui/verb/verb.h"

struct term_facts;

struct session {
    const struct args *args;
    /* Looks the terminal up (term_look); NULL where no terminal is linked in. */
    void (*term_look)(struct term_facts *ret);
    struct lab lab;
    struct lab_options options;
    bool opened;
    bool json, out_is_terminal, err_is_terminal;
    bool said_not_recorded;
    struct progress {
        bool shown;
        int64_t started_ns, drawn_ns;
    } progress;
};

/* Fills options from the global flags. */
bool session_init(struct session *s, const struct args *a, struct error *err);
void session_done(struct session *s);

/* Opens the lab (idempotent), and says once on stderr what a person should know about the
 * store. */
bool session_open(struct session *s, struct error *err);
/* The same, and fails (ERR_STORE) where the database file cannot be read, or was damaged and
 * moved aside just now: for verbs that only read it. */
bool session_open_store(struct session *s, struct error *err);
/* The same, and fails where it cannot be written: for verbs whose whole work is a write. */
bool session_open_writing(struct session *s, struct error *err);
/* Opens and chooses the models; says the choice in one line on stderr unless --json or the
 * models were named. Fails with what to do where nothing was found. */
bool session_choose(struct session *s, struct error *err);

/* Asks servers for their lists, all at once, and waits until they came, failed, or limit_ms
 * is over (lab_server_refresh tells what `deep` adds). A stop by the person ends it early. */
bool session_refresh(struct session *s, struct lab_server *const *servers, size_t count, bool deep,
                     int64_t limit_ms, struct error *err);

/* Opens, chooses the models, and asks every server there may be, chosen or not, for its list
 * with all details: at most some 3 s. Silent; lab.choice tells what was found. */
bool session_survey(struct session *s, struct error *err);

/* One turn of the loop for a verb that waits. */
bool session_turn(struct session *s, struct error *err);
/* The same, waiting for one more descriptor too, at most max_ms (< 0: as long as it takes). */
bool session_turn_with(struct session *s, struct net_fd *also, int64_t max_ms, struct error *err);
/* 0, or the signal that asked us to stop (SIGINT, SIGTERM, SIGHUP). */
int session_stopped(void);
int session_stop_code(void); /* 130, 143, 129 */
/* A ^C was acted upon and the program goes on: the next one is a first one again. TERM and HUP
 * stay what they are. */
void session_go_on(void);

/* --- printing ---------------------------------------------------------------------------- */

/* Data, on stdout: text made safe for a terminal when stdout is one, byte for byte when not. */
void print_text(const struct session *s, const char *text, size_t len);
void print_line(const struct session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Bytes of the first of the lines that words take where each has `cols` columns: up to the
 * last blank that fits, else all that fits. */
size_t words_fit(const char *words, size_t len, size_t cols);
/* One JSON value and a line end; frees it. */
void print_json(struct json *j);
/* Talk, on stderr, always made safe, wrapped at words where stderr is a terminal. A warning
 * begins with "rlab: ". */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Why lines are only added and nothing that was printed is drawn over ("of --line", "TERM is
 * dumb", ... unknown, empty or not set); NULL where the terminal can do more. */
const char *session_lines_only(const struct session *s);
/* Only ASCII marks: --ascii, or the locale's letters are not UTF-8. */
bool session_ascii(const struct session *s);
/* What was printed so far goes out now. */
void print_now(void);
/* Everything printed reached its file; false (ERR_NO) with a sentence where stdout broke (disk
 * full). A reader that went away has what it wanted: that is no failure. */
bool print_flush(struct error *err);

/* A question on the terminal; true for y. Without a terminal: false, and the sentence of what
 * flag says yes. */
bool ask_yes(const struct session *s, const char *question, struct error *err);

/* Progress of long work: one line on stderr, redrawn at most 4 times a second, only where
 * stderr is a terminal; gone when done. remaining is estimated from the share done. With
 * session_lines_only a new line every 10 s. */
void progress_show(struct session *s, size_t done, size_t total, const char *what);
void progress_end(struct session *s);

/* "12.3 s", "340 ms", "2 min 5 s", "-" for NAN. */
#define SECONDS_SIZE 24
const char *seconds_text(double seconds, char ret[SECONDS_SIZE]);
/* Of a server whose list came: what it is, where, who named it, how many models, how quick. */
const char *server_text(const struct lab_server *s, struct arena *a);
/* "1.2 GB", "-" for below 0. */
const char *bytes_text(int64_t bytes, char ret[SECONDS_SIZE]);

#endif
