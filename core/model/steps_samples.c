/* Sentences to learn from (steps_samples.h). */
#include "core/model/steps_samples.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/model/steps_task.h"
#include "core/model/steps_text.h"

/* --- what braces stand for ---------------------------------------------------------------- */

static void draw_number(struct random *r, struct buf *to)
{
    uint64_t most = 10;
    for (uint64_t digits = random_below(r, 5); digits > 0; digits--)
        most *= 10;
    if (random_below(r, 12) == 0)
        buf_putc(to, '-');
    buf_printf(to, "%d", (int)random_below(r, most));
}

static char one_of(struct random *r, const char *letters)
{
    return letters[random_below(r, strlen(letters))];
}

/* Two to four syllables and sometimes an end: long enough to look like words, of any language
 * that is written with these letters. */
static void draw_word(struct random *r, struct buf *to)
{
    if (random_below(r, 4) == 0)
        buf_putc(to, one_of(r, "aeiou"));
    for (uint64_t n = 1 + random_below(r, 4); n > 0; n--) {
        buf_putc(to, one_of(r, "bcdfghjklmnprstvwz"));
        if (random_below(r, 3) == 0)
            buf_putc(to, one_of(r, "hlrst"));
        buf_putc(to, one_of(r, "aeiouy"));
    }
    if (random_below(r, 2))
        buf_putc(to, one_of(r, "dgklmnprstx"));
}

static void draw_noise(struct random *r, struct buf *to)
{
    for (uint64_t n = 1 + random_below(r, 40); n > 0; n--)
        buf_putc(to, one_of(r, STEPS_ALPHABET "\x01\x01\x01")); /* \x01: any unknown one */
}

static const struct blank {
    const char *name;
    void (*draw)(struct random *r, struct buf *to);
} blanks[] = {
    { "{number}", draw_number },
    { "{word}", draw_word },
    { "{noise}", draw_noise },
};
#define BLANKS (sizeof blanks / sizeof *blanks)

static const struct blank *blank_at(const char *text, size_t len)
{
    for (size_t i = 0; i < BLANKS; i++) {
        size_t n = strlen(blanks[i].name);
        if (n <= len && memcmp(text, blanks[i].name, n) == 0)
            return &blanks[i];
    }
    return NULL;
}

/* Sentences come with and without these, and mean the same. */
static const char *const before[] = { "please ", "hey, ", "hi, ", "so, ", "ok, ", "now " };
static const char *const after[] = { " please", ", please", " thanks", "?", ".", "!", " ?", "??" };

#define ONE_OF(r, table) ((table)[random_below((r), sizeof(table) / sizeof *(table))])

/* The end of the choice that opens at text[0]: behind its ']'; 0 where it is none. */
static size_t choice_len(const char *text, size_t len)
{
    const char *end = len && text[0] == '[' ? memchr(text, ']', len) : NULL;
    return end && memchr(text, '|', (size_t)(end - text)) ? (size_t)(end - text) + 1 : 0;
}

/* One of the parts between '[', '|' and ']'. */
static void choose(struct random *r, const char *text, size_t len, const char **ret,
                   size_t *ret_len)
{
    const char *part = text + 1, *end = text + len - 1;
    uint64_t parts = 1;
    for (const char *p = part; p < end; p++)
        parts += *p == '|';
    for (uint64_t skip = random_below(r, parts); skip > 0; skip--)
        part = (const char *)memchr(part, '|', (size_t)(end - part)) + 1;
    const char *bar = memchr(part, '|', (size_t)(end - part));
    *ret = part;
    *ret_len = (size_t)((bar ? bar : end) - part);
}

static void fill_blanks(struct random *r, const char *text, size_t len, struct buf *to)
{
    for (size_t i = 0; i < len;) {
        const struct blank *b = blank_at(text + i, len - i);
        if (b)
            b->draw(r, to);
        else
            buf_putc(to, text[i]);
        i += b ? strlen(b->name) : 1;
    }
}

static void fill_choices(struct random *r, const char *text, size_t len, struct buf *to)
{
    for (size_t i = 0; i < len;) {
        const char *part = text + i;
        size_t n = choice_len(part, len - i), part_len = 1;
        if (n)
            choose(r, text + i, n, &part, &part_len);
        buf_add(to, part, part_len);
        i += n ? n : 1;
    }
}

static void fill(const struct steps_sample *s, struct random *r, struct buf *to)
{
    struct buf chosen = buf_with_max(STEPS_MAX_SAMPLE);
    fill_choices(r, s->text, s->len, &chosen);
    if (random_below(r, 8) == 0)
        buf_puts(to, ONE_OF(r, before));
    fill_blanks(r, buf_text(&chosen), chosen.len, to);
    buf_done(&chosen);
    if (to->len && strchr(".?", to->data[to->len - 1]) && random_below(r, 2) == 0)
        to->len--;
    else if (random_below(r, 6) == 0)
        buf_puts(to, ONE_OF(r, after));
}

/* A slip of the finger now and then, so that no single letter decides. */
static void slip(struct random *r, struct nn_letters *text)
{
    int kept = 0;
    for (int i = 0; i < text->count; i++)
        if (random_below(r, 50) != 0 || text->count == 1)
            text->symbol[kept++] = text->symbol[i];
        else if (random_below(r, 2) == 0)
            text->symbol[kept++] =
                (uint8_t)(STEPS_UNKNOWN + random_below(r, STEPS_VOCAB - STEPS_UNKNOWN));
    text->count = kept ? kept : 1;
}

void steps_sample_draw(const struct steps_sample *s, struct random *r, struct nn_letters *ret)
{
    struct buf text = buf_with_max(STEPS_MAX_SAMPLE * 16);
    fill(s, r, &text);
    steps_text_read(buf_text(&text), text.len, ret);
    buf_done(&text);
    slip(r, ret);
}

/* --- reading ------------------------------------------------------------------------------ */

static void trim(const char **text, size_t *len)
{
    for (; *len && (**text == ' ' || **text == '\t'); (*text)++, (*len)--)
        ;
    for (; *len && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'); (*len)--)
        ;
}

/* A brace that opens a name of none of ours is a slip; one that opens anything else is text. */
static bool check_blanks(const char *text, size_t len, struct error *err)
{
    for (size_t i = 0; i + 1 < len; i++)
        if (text[i] == '{' && text[i + 1] >= 'a' && text[i + 1] <= 'z' &&
            !blank_at(text + i, len - i))
            return error_set(err, ERR_PARSE,
                             "what stands in braces is not known: use {number}, {word} or {noise}");
    return true;
}

static bool read_line(const char *line, size_t len, struct arena *a, struct steps_sample *ret,
                      struct error *err)
{
    const char *colon = memchr(line, ':', len);
    if (!colon)
        return error_set(err, ERR_PARSE,
                         "there is no task: write it first, like: add: what is 2 plus 3?");
    size_t name = (size_t)(colon - line);
    const char *text = colon + 1;
    size_t n = len - name - 1;
    trim(&text, &n);
    trim(&line, &name);
    int task = steps_task_find(line, name);
    if (task < 0) {
        struct buf names = buf_with_max(500);
        steps_task_names(&names);
        error_set(err, ERR_PARSE, "there is no task '%.*s': the tasks are %s",
                  (int)(name > 40 ? 40 : name), line, buf_text(&names));
        buf_done(&names);
        return false;
    }
    if (text_is_blank(text, n) || n > STEPS_MAX_SAMPLE)
        return error_set(err, ERR_PARSE, "the sentence has %zu bytes, it may have 1 to %d", n,
                         STEPS_MAX_SAMPLE);
    if (text_valid_up_to(text, n) < n)
        return error_set(err, ERR_PARSE, "the sentence is not valid UTF-8");
    if (!check_blanks(text, n, err))
        return false;
    *ret = (struct steps_sample){ .task = task, .text = arena_copy(a, text, n), .len = n };
    return true;
}

/* The network can only learn what it is shown. */
static bool check_all_tasks(const char *path, const struct steps_samples *s, struct error *err)
{
    for (int task = 0; task < steps_tasks(); task++) {
        bool seen = false;
        for (int i = 0; i < s->count && !seen; i++)
            seen = s->sample[i].task == task;
        if (!seen)
            return error_set(err, ERR_PARSE, "file '%s' has no line for the task '%s': add some",
                             path, steps_task_at(task)->name);
    }
    return true;
}

static bool read_lines(const char *path, const char *text, size_t len, struct steps_samples *s,
                       struct error *err)
{
    const char *line;
    size_t n, number = 0;
    s->sample = arena_new(&s->arena, struct steps_sample, STEPS_MAX_SAMPLES);
    for (size_t at = 0; file_line(text, len, &at, &line, &n);) {
        number++;
        trim(&line, &n);
        if (n == 0 || line[0] == '#')
            continue;
        if (s->count == STEPS_MAX_SAMPLES)
            return error_set(err, ERR_PARSE, "file '%s' has more than %d sentences", path,
                             STEPS_MAX_SAMPLES);
        if (!read_line(line, n, &s->arena, &s->sample[s->count], err))
            return error_within(err, "file '%s', line %zu", path, number);
        s->count++;
    }
    return check_all_tasks(path, s, err);
}

bool steps_samples_parse(const char *path, const char *text, size_t len, struct steps_samples *ret,
                         struct error *err)
{
    struct steps_samples s = { .digest = hash_of(text, len) };
    if (!read_lines(path, text, len, &s, err)) {
        steps_samples_done(&s);
        return false;
    }
    *ret = s;
    return true;
}

bool steps_samples_read(const char *path, struct steps_samples *ret, struct error *err)
{
    struct buf file = buf_with_max(MAX_FILE_BYTES);
    bool ok = file_read(path, MAX_FILE_BYTES, &file, err) &&
              steps_samples_parse(path, buf_text(&file), file.len, ret, err);
    buf_done(&file);
    return ok;
}

void steps_samples_done(struct steps_samples *s)
{
    arena_done(&s->arena);
    *s = (struct steps_samples){ 0 };
}
