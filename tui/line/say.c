/* Saying: whole lines, made safe, out at once (talk.h). */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "tui/line/talk.h"

/* The most one line says: beyond it a listener is lost, and a stream without ends would never
 * be said. */
#define MOST_BYTES 2000
/* Shorter pieces are no sentence of their own: "e.g. " and "1. " are not where one ends. */
#define SENTENCE_BYTES 40
#define REPLACEMENT    "\xEF\xBF\xBD"

/* --- lines ------------------------------------------------------------------------------------ */

/* What cannot be shown is a question mark where only ASCII can be. */
static void put_ascii(const char *text)
{
    for (const char *hit; (hit = strstr(text, REPLACEMENT)); text = hit + strlen(REPLACEMENT)) {
        fwrite(text, 1, (size_t)(hit - text), stdout);
        fputc('?', stdout);
    }
    fputs(text, stdout);
}

void talk_ring(void)
{
    if (isatty(STDOUT_FILENO))
        fputc('\a', stdout); /* goes out with the next line */
}

static void put_line(struct talk *l, const char *before, const char *text, size_t len)
{
    struct buf safe = buf_with_max(4 * MAX_ANSWER_BYTES);
    text_safe_line(&safe, before, strlen(before));
    text_safe_line(&safe, text, len);
    while (safe.len && safe.data[safe.len - 1] == ' ')
        safe.data[--safe.len] = '\0';
    if (l->ascii)
        put_ascii(buf_text(&safe));
    else
        fwrite(buf_text(&safe), 1, safe.len, stdout);
    fputc('\n', stdout);
    print_now();
    buf_done(&safe);
    l->said_ns = clock_mono(clock_real());
    if (ferror(stdout)) /* nobody listens any more */
        l->ending = true;
}

void talk_say(struct talk *l, const char *fmt, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (len >= (int)sizeof small) {
        char *text = mem_alloc((size_t)len + 1, 1);
        vsnprintf(text, (size_t)len + 1, fmt, again);
        put_line(l, "", text, (size_t)len);
        mem_free(text);
    } else {
        put_line(l, "", small, strlen(small));
    }
    va_end(again);
}

void talk_text(struct talk *l, const char *before, const char *text, size_t len)
{
    const char *line;
    size_t n;
    for (size_t at = 0; file_line(text, len, &at, &line, &n);) {
        if (text_is_blank(line, n))
            continue;
        put_line(l, before, line, n);
        before = "";
    }
}

void talk_fail(struct talk *l, const struct error *err)
{
    struct talk_error *e = &l->errors[l->error_count++ % TALK_ERRORS];
    e->at_wall = clock_wall(clock_real());
    snprintf(e->text, sizeof e->text, "%s", err->text);
    talk_say(l, "Error: %s.", err->text);
}

void talk_check_records(struct talk *l)
{
    const char *lost = lab_not_recorded(l->lab), *why;
    size_t waiting = lab_waiting(l->lab, &why);
    if (waiting && !l->said_waiting)
        talk_say(l, "Kept in memory until it can be written: %s.", why);
    if (!waiting && l->said_waiting)
        talk_say(l, "What waited in memory is recorded now.");
    l->said_waiting = waiting > 0;
    if (lost && !l->said_not_recorded)
        talk_say(l, "Not recorded: %s.", lost);
    l->said_not_recorded |= lost != NULL;
    l->session->said_not_recorded |= lost != NULL; /* not once more at the end */
}

/* --- words ------------------------------------------------------------------------------------ */

const char *talk_seconds(struct talk *l, double s)
{
    struct arena *a = &l->words;
    int whole = isfinite(s) ? (int)s : 0;
    if (!isfinite(s))
        return "unknown";
    if (s == 0)
        return "0 seconds";
    if (s < 0.0009995)
        return arena_format(a, "%.0f microseconds", s * 1e6);
    if (s < 0.0995)
        return arena_format(a, "%.1f milliseconds", s * 1e3);
    if (s < 9.995)
        return arena_format(a, "%.2f seconds", s);
    if (s < 119.5)
        return arena_format(a, "%.0f seconds", s);
    return arena_format(a, "%d minutes %d seconds", whole / 60, whole % 60);
}

const char *talk_count(struct talk *l, int64_t n, const char *one, const char *many)
{
    return arena_format(&l->words, "%lld %s", (long long)n, n == 1 ? one : many);
}

const char *talk_short(struct talk *l, const char *text, size_t len, size_t most)
{
    struct buf line = buf_with_max(MAX_QUERY_BYTES * 3 + 8);
    text_safe_line(&line, text, len < MAX_QUERY_BYTES ? len : MAX_QUERY_BYTES);
    size_t n = line.len <= most ? line.len : text_fit(buf_text(&line), line.len, most);
    const char *ret =
        arena_format(&l->words, "%.*s%s", (int)n, buf_text(&line), n < line.len ? "..." : "");
    buf_done(&line);
    return ret;
}

const char *talk_points(struct talk *l, int points)
{
    return arena_format(&l->words, "%s %d", points < 0 ? "minus" : "plus", abs(points));
}

const char *talk_sentence(struct talk *l, const char *text)
{
    char *ret = arena_string(&l->words, text);
    ret[0] = (char)toupper((unsigned char)ret[0]);
    return ret;
}

/* --- streams ---------------------------------------------------------------------------------- */

/* Says the first n bytes and drops them, with the blanks behind them. */
static void say_first(struct talk *l, struct speech *s, size_t n)
{
    const char *text = buf_text(&s->open);
    if (!text_is_blank(text, n)) {
        s->fenced ^= n >= 3 && strncmp(text + strspn(text, " "), "```", 3) == 0;
        put_line(l, s->before ? s->before : "", text, n);
        s->before = NULL;
        s->said = true;
    }
    memmove(s->open.data, s->open.data + n, s->open.len - n);
    s->open.len -= n;
    s->open.data[s->open.len] = '\0';
    s->looked = 0;
}

static bool ends_sentence(const struct speech *s, size_t at)
{
    const char *text = s->open.data;
    return !s->fenced && at >= SENTENCE_BYTES && strchr(".!?", text[at]) && text[at + 1] == ' ' &&
           !isdigit((unsigned char)text[at - 1]);
}

/* Where a line without any end is cut: after its last blank, else between two letters. */
static size_t cut_at(const struct speech *s)
{
    for (size_t n = s->open.len; n > MOST_BYTES / 2; n--)
        if (s->open.data[n - 1] == ' ')
            return n;
    return s->open.len - text_partial(s->open.data, s->open.len);
}

static void say_whole(struct talk *l, struct speech *s)
{
    while (s->looked < s->open.len) {
        size_t at = s->looked;
        if (s->open.data[at] == '\n') {
            say_first(l, s, at + 1);
        } else if (at + 1 == s->open.len) {
            break; /* whether a sentence ends here the next piece tells */
        } else if (ends_sentence(s, at)) {
            say_first(l, s, at + 2);
        } else {
            s->looked++;
        }
    }
}

void speech_add(struct talk *l, struct speech *s, const char *text, size_t len)
{
    s->open.max = 2 * MOST_BYTES;
    while (len && !l->ending) {
        size_t n = len < MOST_BYTES ? len : MOST_BYTES;
        buf_add(&s->open, text, n);
        text += n;
        len -= n;
        say_whole(l, s);
        if (s->open.len >= MOST_BYTES)
            say_first(l, s, cut_at(s));
    }
}

void speech_end(struct talk *l, struct speech *s)
{
    if (s->open.len)
        say_first(l, s, s->open.len);
    buf_done(&s->open);
}
