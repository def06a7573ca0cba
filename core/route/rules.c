/* Reading and compiling rule files (rules.h). */
#include "core/route/rules.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/route/lowered.h"
#include "core/route/ruleset.h"

/* The file while it is read. */
struct reading {
    struct rules *rules;
    const char *file; /* as errors name it */
    unsigned line;
    unsigned level_line[LEVELS]; /* where a level was set; 0: nowhere yet */
    size_t keyword_bytes;
    struct lowered lowered;
    struct error *err;
};

/* What is left of a line. */
struct rest {
    const char *at;
    size_t len;
};

typedef bool read_fn(struct reading *f, const struct rule *as, struct rest rest);

static read_fn read_keyword, read_pattern, read_longer, read_marks, read_level;

/* Every word a line may begin with. */
static const struct word {
    const char *name;
    enum signal_kind kind;
    read_fn *read;
    const char *form; /* what is expected after it */
} words[] = {
    { "keyword", SIGNAL_KEYWORD, read_keyword, "keyword POINTS TEXT, like: keyword +2 solve" },
    { "pattern", SIGNAL_PATTERN, read_pattern,
      "pattern POINTS NAME EXPRESSION, like: pattern +2 money \\$\\d" },
    { "longer", SIGNAL_LENGTH, read_longer, "longer POINTS LETTERS, like: longer +1 200" },
    { "pieces", SIGNAL_SENTENCES, read_marks, "pieces POINTS COUNT MARKS, like: pieces +1 3 .!?" },
    { "each", SIGNAL_QUESTIONS, read_marks, "each POINTS COUNT MARKS, like: each +1 1 ?" },
    { "level", 0, read_level, "level moderate|complex SCORE, like: level complex 4" },
};

#define WORDS (sizeof words / sizeof *words)

/* Fails with what is wrong, in the file and line being read. */
#define wrong(f, ...)                                                                              \
    (error_set((f)->err, ERR_PARSE, __VA_ARGS__),                                                  \
     error_within((f)->err, "file '%s', line %u", (f)->file, (f)->line))

const char *signal_kind_name(enum signal_kind kind)
{
    static const char *const names[] = { "keyword", "pattern", "length", "sentences", "questions" };
    return names[kind];
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(struct rest *r)
{
    for (; r->len && is_gap(r->at[0]); r->at++, r->len--)
        ;
    for (; r->len && is_gap(r->at[r->len - 1]); r->len--)
        ;
}

/* Takes the next word off the front; an empty one where nothing is left. */
static struct rest next_word(struct rest *r)
{
    trim(r);
    struct rest word = { r->at, 0 };
    while (word.len < r->len && !is_gap(r->at[word.len]))
        word.len++;
    r->at += word.len;
    r->len -= word.len;
    trim(r);
    return word;
}

static bool is_word(struct rest word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

/* A whole number in a word of its own. */
static bool whole_number(struct rest word, long least, long most, long *ret)
{
    char digits[16];
    if (word.len == 0 || word.len >= sizeof digits)
        return false;
    memcpy(digits, word.at, word.len);
    digits[word.len] = '\0';
    char *end;
    long v = strtol(digits, &end, 10);
    if (*end != '\0' || v < least || v > most)
        return false;
    *ret = v;
    return true;
}

/* Points, the second word of every rule. */
static bool read_points(struct reading *f, struct rest *rest, int *ret)
{
    struct rest word = next_word(rest);
    long points;
    if (!whole_number(word, -MAX_RULE_POINTS, MAX_RULE_POINTS, &points))
        return wrong(f, "'%.*s' are no points, expected a whole number from -%d to +%d",
                     (int)word.len, word.at, MAX_RULE_POINTS, MAX_RULE_POINTS);
    if (points == 0)
        return wrong(f, "a rule of 0 points does nothing, expected other points, or a # in front");
    *ret = (int)points;
    return true;
}

/* A count or length, the third word of some rules. */
static bool read_limit(struct reading *f, struct rest *rest, const char *what, size_t *ret)
{
    struct rest word = next_word(rest);
    long limit;
    if (word.len == 0)
        return wrong(f, "the %s is missing, expected a whole number", what);
    if (!whole_number(word, 0, (long)MAX_QUERY_BYTES, &limit))
        return wrong(f, "'%.*s' is no %s, expected a whole number from 0 to %zu", (int)word.len,
                     word.at, what, MAX_QUERY_BYTES);
    *ret = (size_t)limit;
    return true;
}

static bool nothing_more(struct reading *f, struct rest rest)
{
    if (rest.len == 0)
        return true;
    return wrong(f, "'%.*s' is left over, expected the end of the line", (int)rest.len, rest.at);
}

/* Two keywords or patterns of one name would count twice, or hide an edit of one of them. */
static bool not_twice(struct reading *f, enum signal_kind kind, const char *what)
{
    for (size_t i = 0; i < f->rules->count; i++) {
        const struct rule *r = &f->rules->rules[i];
        if (r->kind == kind && strcmp(r->what, what) == 0)
            return wrong(f, "%s '%s' stands in line %u already, expected it once",
                         signal_kind_name(kind), what, r->line);
    }
    return true;
}

static bool add_rule(struct reading *f, struct rule rule)
{
    struct rules *r = f->rules;
    if (r->count == MAX_RULES)
        return wrong(f, "one rule too many, expected at most %d", MAX_RULES);
    r->rules = mem_grow(r->rules, &r->cap, r->count + 1, sizeof *r->rules);
    rule.line = f->line;
    if (!rule.text)
        rule.text = "";
    r->rules[r->count++] = rule;
    return true;
}

/* To be called after add_rule of the same rule. */
static void add_test(struct rules *r, struct test test)
{
    r->tests = mem_grow(r->tests, &r->test_cap, r->test_count + 1, sizeof *r->tests);
    test.rule = (unsigned)r->count - 1;
    r->tests[r->test_count++] = test;
}

static bool read_keyword(struct reading *f, const struct rule *as, struct rest rest)
{
    struct rule rule = *as;
    if (!read_points(f, &rest, &rule.points))
        return false;
    if (rest.len == 0)
        return wrong(f, "the keyword is empty, expected the text to look for");
    lowered_set(&f->lowered, rest.at, rest.len);
    f->keyword_bytes += f->lowered.len;
    if (f->keyword_bytes > MAX_KEYWORD_BYTES)
        return wrong(f, "too much text in keywords, expected at most %zu bytes in all",
                     MAX_KEYWORD_BYTES);
    rule.what = arena_copy(&f->rules->arena, f->lowered.text, f->lowered.len);
    return not_twice(f, rule.kind, rule.what) && add_rule(f, rule);
}

static bool read_pattern(struct reading *f, const struct rule *as, struct rest rest)
{
    struct rule rule = *as;
    if (!read_points(f, &rest, &rule.points))
        return false;
    struct rest name = next_word(&rest);
    if (name.len == 0)
        return wrong(f, "the pattern has no name, expected a word before its expression");
    rule.what = arena_copy(&f->rules->arena, name.at, name.len);
    if (rest.len == 0)
        return wrong(f, "pattern '%s' has no expression, expected one like \\$\\d", rule.what);
    rule.text = arena_copy(&f->rules->arena, rest.at, rest.len);
    if (!not_twice(f, rule.kind, rule.what))
        return false;
    struct error why;
    struct pattern *p = pattern_new(rest.at, rest.len, &why);
    if (!p)
        return wrong(f, "pattern '%s': %s, expected a regular expression", rule.what, why.text);
    if (!add_rule(f, rule)) {
        pattern_free(p);
        return false;
    }
    add_test(f->rules, (struct test){ .pattern = p });
    return true;
}

static bool read_longer(struct reading *f, const struct rule *as, struct rest rest)
{
    struct rule rule = *as;
    if (!read_points(f, &rest, &rule.points) || !read_limit(f, &rest, "length", &rule.limit) ||
        !nothing_more(f, rest))
        return false;
    rule.what = arena_format(&f->rules->arena, ">%zu", rule.limit);
    if (!add_rule(f, rule))
        return false;
    add_test(f->rules, (struct test){ 0 });
    return true;
}

/* The letters to count, in lower case and each once, so that none counts twice. */
static bool take_marks(struct reading *f, struct rest word, struct test *to)
{
    lowered_set(&f->lowered, word.at, word.len);
    to->marks = arena_new(&f->rules->arena, struct mark, MAX_RULE_MARKS);
    for (size_t i = 0; i < f->lowered.len;) {
        int32_t cp;
        struct mark m = { .len = text_decode(f->lowered.text + i, f->lowered.len - i, &cp) };
        memcpy(m.bytes, f->lowered.text + i, m.len);
        i += m.len;
        bool known = false;
        for (size_t k = 0; k < to->mark_count; k++)
            known |= to->marks[k].len == m.len && memcmp(to->marks[k].bytes, m.bytes, m.len) == 0;
        if (known)
            continue;
        if (to->mark_count == MAX_RULE_MARKS)
            return wrong(f, "too many marks, expected at most %d", MAX_RULE_MARKS);
        to->marks[to->mark_count++] = m;
    }
    return true;
}

static bool read_marks(struct reading *f, const struct rule *as, struct rest rest)
{
    struct rule rule = *as;
    struct test test = { 0 };
    if (!read_points(f, &rest, &rule.points) || !read_limit(f, &rest, "count", &rule.limit))
        return false;
    struct rest marks = next_word(&rest);
    if (marks.len == 0)
        return wrong(f, "the marks are missing, expected those to count, like .!?");
    if (!nothing_more(f, rest) || !take_marks(f, marks, &test))
        return false;
    rule.what = arena_format(&f->rules->arena, ">%zu", rule.limit);
    rule.text = arena_copy(&f->rules->arena, marks.at, marks.len);
    if (!add_rule(f, rule))
        return false;
    add_test(f->rules, test);
    return true;
}

static bool read_level(struct reading *f, const struct rule *as, struct rest rest)
{
    (void)as;
    struct rest name = next_word(&rest), word = next_word(&rest);
    enum level level = is_word(name, "moderate") ? LEVEL_MODERATE : LEVEL_COMPLEX;
    long score;
    if (level == LEVEL_COMPLEX && !is_word(name, "complex"))
        return wrong(f, "'%.*s' is no level with a beginning, expected moderate or complex",
                     (int)name.len, name.at);
    if (f->level_line[level])
        return wrong(f, "level '%s' stands in line %u already, expected it once", level_name(level),
                     f->level_line[level]);
    if (!whole_number(word, -THRESHOLD_MOST, THRESHOLD_MOST, &score))
        return wrong(f, "'%.*s' is no score, expected a whole number from %d to %d", (int)word.len,
                     word.at, -THRESHOLD_MOST, THRESHOLD_MOST);
    f->level_line[level] = f->line;
    struct thresholds *t = &f->rules->thresholds;
    *(level == LEVEL_MODERATE ? &t->moderate : &t->complex) = (int)score;
    return nothing_more(f, rest);
}

/* Only at the end: on the way the two levels may pass each other. */
static bool check_levels(struct reading *f)
{
    const struct thresholds *t = &f->rules->thresholds;
    if (t->moderate <= t->complex)
        return true;
    unsigned a = f->level_line[LEVEL_MODERATE], b = f->level_line[LEVEL_COMPLEX];
    f->line = a > b ? a : b;
    return wrong(f,
                 "level 'moderate' begins at %d, above 'complex' at %d, "
                 "expected moderate at the same score or below",
                 t->moderate, t->complex);
}

static bool unknown_word(struct reading *f, struct rest word)
{
    char name[40];
    size_t len = word.len < sizeof name ? word.len : sizeof name - 1;
    memcpy(name, word.at, len);
    name[len] = '\0';
    text_trim_partial(name);
    const struct word *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < WORDS; i++) {
        unsigned far = text_distance(name, words[i].name, best - 1);
        if (far < best) {
            best = far;
            nearest = &words[i];
        }
    }
    if (nearest)
        return wrong(f, "there is no rule '%s', did you mean '%s'? expected %s", name,
                     nearest->name, nearest->form);
    return wrong(
        f, "there is no rule '%s', expected keyword, pattern, longer, pieces, each or level", name);
}

static bool read_line(struct reading *f, struct rest rest)
{
    if (rest.len > MAX_RULE_LINE)
        return wrong(f, "the line has %zu bytes, expected at most %d", rest.len, MAX_RULE_LINE);
    if (memchr(rest.at, '\0', rest.len))
        return wrong(f, "it holds a NUL byte, expected text");
    size_t good = text_valid_up_to(rest.at, rest.len);
    if (good < rest.len)
        return wrong(f, "byte %zu (0x%02X) is not UTF-8, expected UTF-8 text", good + 1,
                     (unsigned char)rest.at[good]);
    trim(&rest);
    if (rest.len == 0 || rest.at[0] == '#')
        return true;
    struct rest first = next_word(&rest);
    for (size_t i = 0; i < WORDS; i++) {
        if (!is_word(first, words[i].name))
            continue;
        if (rest.len == 0)
            return wrong(f, "nothing follows '%s', expected %s", words[i].name, words[i].form);
        return words[i].read(f, &(struct rule){ .kind = words[i].kind }, rest);
    }
    return unknown_word(f, first);
}

/* Number of the set within `sets`, added where it is new and there is room; false without. */
static bool number_of(const struct byte_set *set, struct byte_set *sets, size_t *count,
                      unsigned *ret)
{
    for (size_t i = 0; i < *count; i++) {
        if (byte_set_equal(&sets[i], set)) {
            *ret = (unsigned)i;
            return true;
        }
    }
    if (*count == SCAN_MOST_SETS)
        return false;
    *ret = (unsigned)*count;
    sets[(*count)++] = *set;
    return true;
}

/* A pattern's needs beyond what one pass can watch for go unused: it is tried more often. */
static void compile_scan(struct rules *r)
{
    struct byte_set sets[SCAN_MOST_SETS];
    size_t set_count = 0;
    for (size_t i = 0; i < r->test_count; i++) {
        struct test *t = &r->tests[i];
        const struct needs *needs = t->pattern ? pattern_needs(t->pattern) : NULL;
        for (size_t k = 0; needs && k < needs->count; k++) {
            unsigned number;
            if (number_of(&needs->set[k], sets, &set_count, &number))
                t->needs |= UINT64_C(1) << number;
        }
    }
    struct scan_word *keywords = mem_new(struct scan_word, r->count);
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        if (r->rules[i].kind == SIGNAL_KEYWORD)
            keywords[count++] = (struct scan_word){
                .text = r->rules[i].what,
                .len = strlen(r->rules[i].what),
                .id = (unsigned)i,
            };
    r->scan = scan_new(keywords, count, sets, set_count);
    mem_free(keywords);
}

static bool read_lines(struct reading *f, const char *text, size_t len)
{
    size_t at = 0;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* some editors put this in front */
        at = 3;
    struct rest line;
    while (file_line(text, len, &at, &line.at, &line.len)) {
        f->line++;
        if (!read_line(f, line))
            return false;
    }
    return check_levels(f);
}

static struct rules *parse(char *name, const char *file, const char *text, size_t len,
                           struct error *err)
{
    struct rules *r = mem_new(struct rules, 1);
    r->name = arena_string(&r->arena, name);
    r->thresholds = (struct thresholds){ .moderate = 1, .complex = 4 };
    struct reading f = { .rules = r, .file = file, .err = err };
    bool ok = read_lines(&f, text, len);
    lowered_done(&f.lowered);
    if (!ok) {
        rules_free(r);
        return NULL;
    }
    compile_scan(r);
    return r;
}

struct rules *rules_parse(const char *name, const char *text, size_t len, struct error *err)
{
    struct arena a = { 0 };
    struct rules *r =
        parse(arena_string(&a, name), arena_format(&a, "%s.rules", name), text, len, err);
    arena_done(&a);
    return r;
}

struct rules *rules_load(const char *path, struct error *err)
{
    struct buf text = buf_with_max(MAX_FILE_BYTES);
    if (!file_read(path, MAX_FILE_BYTES, &text, err))
        return NULL;
    const char *slash = strrchr(path, '/');
    char *name = mem_string(slash ? slash + 1 : path);
    size_t len = strlen(name), end = strlen(".rules");
    if (len > end && strcmp(name + len - end, ".rules") == 0)
        name[len - end] = '\0';
    struct rules *r = parse(name, path, buf_text(&text), text.len, err);
    mem_free(name);
    buf_done(&text);
    return r;
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->test_count; i++)
        pattern_free(r->tests[i].pattern);
    scan_free(r->scan);
    mem_free(r->rules);
    mem_free(r->tests);
    arena_done(&r->arena);
    mem_free(r);
}

const char *rules_name(const struct rules *r)
{
    return r->name;
}

struct thresholds rules_thresholds(const struct rules *r)
{
    return r->thresholds;
}

int rules_threshold(const struct rules *r, enum level level)
{
    return level == LEVEL_SIMPLE     ? INT_MIN
           : level == LEVEL_MODERATE ? r->thresholds.moderate
                                     : r->thresholds.complex;
}

size_t rules_count(const struct rules *r)
{
    return r->count;
}

const struct rule *rules_at(const struct rules *r, size_t i)
{
    return &r->rules[i];
}
