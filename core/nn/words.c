/* Word lists and made-up words (words.h). */
#include "core/nn/words.h"

#include <string.h>

#include "core/nn/vocabulary.h"

/* clang-format off */
static const char *const nouns[] = {
    "pens", "apples", "books", "coins", "eggs", "cards", "cakes", "stamps", "balls", "keys",
    "hats", "shells", "cookies", "marbles", "tickets", "bottles",
};
static const char *const nouns_spelled[] = {
    "dragons", "socks", "bricks", "lamps", "turnips", "robots", "candles", "spoons", "kites",
    "bananas", "rockets", "beads", "plants", "pebbles", "forks", "boots", "clocks", "potatoes",
    "jars", "ropes", "stickers", "nails", "fish", "ducks", "hens", "stars", "plums", "buttons",
    "pears", "rings",
};
static const char *const nouns_kept[] = {
    "violins", "mugs", "tulips", "wheels", "lemons", "boats",
};
static const char *const things[] = {
    "bat", "ball", "pen", "book", "cup", "plate", "hat", "coat", "fork", "knife", "lamp",
    "table", "chair", "apple", "pear", "shirt", "tie", "cake", "tea", "bike", "bell", "phone",
    "case",
};
static const char *const common[] = {
    "capital", "france", "king", "queen", "river", "mountain", "color", "sky", "music", "song",
    "movie", "actor", "planet", "weather", "today", "tomorrow", "yesterday", "city", "country",
    "language", "poem", "story", "code", "python", "program", "computer", "president", "history",
    "war", "water", "food", "recipe", "cook", "dog", "cat", "horse", "bird", "tree", "flower",
    "house", "garden", "love", "friend", "happy", "sad", "angry", "dream", "sleep", "walk",
    "run", "jump", "play", "game", "sport", "football", "doctor", "health", "medicine", "body",
    "heart", "brain", "science", "physics", "chemistry", "gold", "iron", "light", "sound",
    "speed", "time", "clock", "money", "bank", "market", "law", "court", "letter", "paper",
    "read", "learn", "school", "work", "office", "car", "train", "plane", "ship", "road",
    "bridge", "best", "worst", "fastest", "old", "young", "new", "big", "small", "long", "short",
    "red", "green", "blue", "yellow", "black", "white", "hot", "cold", "summer", "winter",
    "spring", "night", "morning", "explain", "describe", "name", "list", "give", "invented",
    "discovered", "wrote", "painted", "born", "died", "lives", "means", "translate", "spanish",
    "german", "square", "root", "power", "percent", "area", "circle", "radius", "integral",
    "derivative", "prime", "factor", "average", "median", "window", "coffee", "street", "bread",
    "yellow", "sheep", "moon", "grass", "butter", "glass", "puzzle", "queue", "engine", "island",
};
static const struct person {
    const char *name, *pronoun;
} people[] = {
    { "tom", "he" },   { "anna", "she" }, { "ben", "he" },   { "mary", "she" },
    { "sam", "he" },   { "lisa", "she" }, { "peter", "he" }, { "emma", "she" },
    { "john", "he" },  { "nina", "she" }, { "omar", "he" },  { "mia", "she" },
};

/* Parts of made-up words; "" stands there as often as words go without. */
static const char *const onsets[] = {
    "", "", "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w",
    "z", "bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gr", "pl", "pr", "qu", "sh", "sl",
    "sp", "st", "str", "th", "tr", "wh", "y",
};
static const char *const vowels[] = {
    "a", "a", "a", "e", "e", "e", "i", "i", "i", "o", "o", "o", "u", "u", "y", "ai", "ea", "ee",
    "ie", "oa", "oo", "ou", "ue", "au",
};
static const char *const ends[] = {
    "", "", "", "", "b", "ck", "d", "ff", "g", "l", "ll", "lt", "m", "mp", "n", "nd", "ng", "nk",
    "nn", "nt", "p", "pp", "r", "rd", "rn", "rt", "rr", "s", "ss", "st", "t", "tt", "th", "x",
    "zz", "bb", "dd", "gg", "mm", "ve",
};
/* clang-format on */

const char *word_noun(struct random *r)
{
    return DRAW_FROM(r, nouns);
}

const char *word_noun_spelled(struct random *r)
{
    return DRAW_FROM(r, nouns_spelled);
}

const char *word_noun_of_tests(struct random *r)
{
    static const int weight[] = { sizeof nouns / sizeof *nouns,
                                  sizeof nouns_spelled / sizeof *nouns_spelled,
                                  sizeof nouns_kept / sizeof *nouns_kept };
    int list = draw_weighted(r, weight, 3);
    return list == 0   ? DRAW_FROM(r, nouns)
           : list == 1 ? DRAW_FROM(r, nouns_spelled)
                       : DRAW_FROM(r, nouns_kept);
}

const char *word_thing(struct random *r)
{
    return DRAW_FROM(r, things);
}

const char *word_common(struct random *r)
{
    return DRAW_FROM(r, common);
}

const char *word_person(struct random *r, const char **ret_pronoun)
{
    const struct person *p = &DRAW_FROM(r, people);
    *ret_pronoun = p->pronoun;
    return p->name;
}

const char *word_known(struct random *r)
{
    token_id id;
    do
        id = (token_id)random_below(r, vocabulary_size());
    while (!token_is_word(id));
    return vocabulary_name(id);
}

/* A tenth goes without any order, so that a model cannot lean on how words are built. */
void word_made_up(struct random *r, int low, int high, struct phrase *to)
{
    char word[32];
    struct phrase w = phrase_in(word, sizeof word);
    size_t want = (size_t)draw_between(r, low, high);
    if (draw_chance(r, 0.1))
        while (w.len < want)
            phrase_add(&w, "%c", 'a' + draw_between(r, 0, 25));
    while (w.len < want) {
        const char *end = DRAW_FROM(r, ends);
        const char *vowel = DRAW_FROM(r, vowels);
        phrase_add(&w, "%s%s%s", DRAW_FROM(r, onsets), vowel, end);
    }
    /* Too long by an end or an onset: what is cut off is as good as never drawn. */
    phrase_add(to, "%.*s", (int)want, word);
}
