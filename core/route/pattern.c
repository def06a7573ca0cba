/* Patterns within bounds (pattern.h): the only file that knows PCRE2. */
#include "core/route/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"

/* White space as text_is_space has it, to stand in a class. */
#define SPACES                                                                                     \
    "\\x09-\\x0d\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}"           \
    "\\x{202f}\\x{205f}\\x{3000}"

/* Steps of one attempt: as many as keep it below a second, whatever a step costs, which at
 * worst is a run over the whole text. */
#define STEPS_BYTES (1024 * MIB)
#define STEPS_LEAST 1000
#define STEPS_MOST  100000
/* Memory and depth of the matcher without JIT. */
#define HEAP_KIB   4096
#define DEPTH_MOST 10000
/* Attempts between two looks at the clock in a text beyond the first stretch. */
#define FIRST_STRETCH 256
#define STRETCH       64
/* Patterns between two looks at the clock in short texts. */
#define PATTERNS_PER_LOOK 16

struct pattern {
    /* For texts of ASCII alone, where \d is ten bytes and not a property of a letter: several
     * times faster, with the same outcome. `wide` is for all others. */
    pcre2_code *plain, *wide;
    struct needs needs;
};

struct pattern_room {
    pcre2_match_data *found;
    pcre2_match_context *limits;
    int64_t started_ns; /* 0: the clock was not looked at yet */
    int64_t limit_ns;
    unsigned tried;
    bool late;
};

/* Only a program without memory fails here, and mem_new would have ended it. */
static void *needed(void *p)
{
    if (!p)
        p = mem_alloc((size_t)-1, (size_t)-1);
    return p;
}

/* Length of what must be copied as it stands: a quoted run, a comment, a named class inside
 * a class, an escape; 1 where the byte is nothing of the kind. */
static size_t verbatim(const char *s, size_t len, bool in_class)
{
    static const struct {
        const char *from, *to;
        bool in_class, outside;
    } runs[] = {
        { "\\Q", "\\E", true, true },
        { "(?#", ")", false, true },
        { "[:", ":]", true, false },
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        size_t open = strlen(runs[i].from), close = strlen(runs[i].to);
        if (!(in_class ? runs[i].in_class : runs[i].outside) || len < open ||
            memcmp(s, runs[i].from, open) != 0)
            continue;
        const char *end = memmem(s + open, len - open, runs[i].to, close);
        if (end)
            return (size_t)(end - s) + close;
    }
    if (s[0] == '\\' && len >= 2)
        return s[1] == 'c' && len >= 3 ? 3 : 2;
    return 1;
}

/* Follows where classes begin and end: a bracket in first place is a member. */
struct in_class {
    bool yes, first;
};

static void step_class(struct in_class *in, const char *s, size_t taken)
{
    bool was_first = in->first;
    in->first = false;
    if (taken != 1)
        return;
    if (!in->yes && s[0] == '[')
        *in = (struct in_class){ .yes = true, .first = true };
    else if (in->yes && was_first && s[0] == '^')
        in->first = s[-1] == '['; /* "[^]" goes on, "[^^]" ends */
    else if (in->yes && !was_first && s[0] == ']')
        in->yes = false;
}

/* The pattern with our own white space for \s and \S, and one small sigma for the two (the
 * text has only one, lowered.h). \S inside a class keeps PCRE2's meaning. */
static void rewrite(const char *s, size_t len, struct buf *to)
{
    struct in_class in = { 0 };
    for (size_t i = 0; i < len;) {
        size_t n = verbatim(s + i, len - i, in.yes);
        bool escape = n == 2 && s[i] == '\\';
        if (escape && s[i + 1] == 's')
            buf_puts(to, in.yes ? SPACES : "[" SPACES "]");
        else if (escape && s[i + 1] == 'S' && !in.yes)
            buf_puts(to, "[^" SPACES "]");
        else if (n == 1 && i > 0 && s[i - 1] == '\xCF' && s[i] == '\x82')
            buf_putc(to, '\x83'); /* final sigma is CF 82, the other one CF 83 */
        else
            buf_add(to, s + i, n);
        step_class(&in, s + i, n);
        i += n;
    }
}

static pcre2_code *compile(const char *text, size_t len, uint32_t more, int *code, size_t *at)
{
    pcre2_compile_context *c = needed(pcre2_compile_context_create(NULL));
    pcre2_set_newline(c, PCRE2_NEWLINE_LF);
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT | more;
    pcre2_code *made = pcre2_compile((PCRE2_SPTR)text, len, options, code, at, c);
    pcre2_compile_context_free(c);
    return made;
}

/* PCRE2's own words for the pattern as the person typed it, and the character they are about. */
static bool explain(const char *text, size_t len, int code, struct error *err)
{
    size_t at = 0;
    int typed_code = code;
    pcre2_code *fine = compile(text, len, PCRE2_UCP, &typed_code, &at);
    char words[200];
    pcre2_get_error_message(fine ? code : typed_code, (PCRE2_UCHAR *)words, sizeof words);
    if (fine) {
        pcre2_code_free(fine);
        return error_set(err, ERR_PARSE, "%s", words);
    }
    return error_set(err, ERR_PARSE, "%s at character %zu", words,
                     text_points(text, at < len ? at : len) + 1);
}

struct pattern *pattern_new(const char *text, size_t len, struct error *err)
{
    struct buf own = buf_with_max(2 * strlen(SPACES) * (len + 1));
    rewrite(text, len, &own);
    struct pattern *p = mem_new(struct pattern, 1);
    int code = 0;
    size_t at = 0;
    p->wide = compile(buf_text(&own), own.len, PCRE2_UCP, &code, &at);
    if (p->wide)
        p->plain = compile(buf_text(&own), own.len, 0, &code, &at);
    buf_done(&own);
    if (!p->plain) {
        explain(text, len, code, err);
        pattern_free(p);
        return NULL;
    }
    /* Where JIT is not to be had, pcre2_match does the same more slowly. */
    pcre2_jit_compile(p->plain, PCRE2_JIT_COMPLETE);
    pcre2_jit_compile(p->wide, PCRE2_JIT_COMPLETE);
    p->needs = needs_of(text, len);
    return p;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_code_free(p->plain);
    pcre2_code_free(p->wide);
    mem_free(p);
}

const struct needs *pattern_needs(const struct pattern *p)
{
    return &p->needs;
}

struct pattern_room *pattern_room_new(void)
{
    struct pattern_room *room = mem_new(struct pattern_room, 1);
    room->found = needed(pcre2_match_data_create(1, NULL));
    room->limits = needed(pcre2_match_context_create(NULL));
    pcre2_set_heap_limit(room->limits, HEAP_KIB);
    pcre2_set_depth_limit(room->limits, DEPTH_MOST);
    return room;
}

void pattern_room_free(struct pattern_room *room)
{
    if (!room)
        return;
    pcre2_match_data_free(room->found);
    pcre2_match_context_free(room->limits);
    mem_free(room);
}

void pattern_room_begin(struct pattern_room *room, size_t len)
{
    room->limit_ns = PATTERN_MS * NS_PER_MS + (int64_t)len * PATTERN_NS_PER_BYTE;
    room->started_ns = 0;
    room->tried = 0;
    room->late = false;
}

static bool is_late(struct pattern_room *room)
{
    int64_t now = clock_thread_ns();
    if (room->started_ns == 0)
        room->started_ns = now;
    room->late = now - room->started_ns > room->limit_ns;
    return room->late;
}

/* Looks for a match that begins at `start` to `last`. */
static int try_stretch(const pcre2_code *code, struct pattern_room *room, const char *text,
                       size_t len, size_t start, size_t last)
{
    pcre2_set_offset_limit(room->limits, last);
    int rc = pcre2_match(code, (PCRE2_SPTR)text, len, start, PCRE2_NO_UTF_CHECK, room->found,
                         room->limits);
    /* JIT code has a small stack; the matcher without has a heap with a limit. */
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(code, (PCRE2_SPTR)text, len, start, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
                         room->found, room->limits);
    return rc;
}

/* In stretches, with a look at the clock between: one call over a long text could be a
 * million attempts of a million steps each. */
static int try_all(const pcre2_code *code, struct pattern_room *room, const char *text, size_t len)
{
    size_t start = 0, stretch = FIRST_STRETCH;
    for (;;) {
        size_t next = start + stretch;
        while (next < len && ((unsigned char)text[next] & 0xC0) == 0x80)
            next++;
        if (next >= len)
            return try_stretch(code, room, text, len, start, PCRE2_UNSET);
        int rc = try_stretch(code, room, text, len, start, next - 1);
        if (rc != PCRE2_ERROR_NOMATCH)
            return rc;
        if (is_late(room))
            return PCRE2_ERROR_MATCHLIMIT;
        start = next;
        stretch = STRETCH;
    }
}

enum pattern_said pattern_find(const struct pattern *p, struct pattern_room *room, const char *text,
                               size_t len, bool ascii, size_t *ret_from, size_t *ret_len)
{
    if (room->late || (++room->tried % PATTERNS_PER_LOOK == 0 && is_late(room)))
        return PATTERN_GAVE_UP;
    size_t steps = STEPS_BYTES / (len + 1);
    steps = steps < STEPS_LEAST ? STEPS_LEAST : steps > STEPS_MOST ? STEPS_MOST : steps;
    pcre2_set_match_limit(room->limits, (uint32_t)steps);
    int rc = try_all(ascii ? p->plain : p->wide, room, text, len);
    if (rc == PCRE2_ERROR_NOMATCH)
        return PATTERN_NO;
    if (rc < 0)
        return PATTERN_GAVE_UP;
    const size_t *ends = pcre2_get_ovector_pointer(room->found);
    *ret_from = ends[0];
    *ret_len = ends[1] > ends[0] ? ends[1] - ends[0] : 0; /* \K can put the start last */
    return PATTERN_FOUND;
}
