/* The list, its order, and looking things up in it (vocabulary.h). */
#include "core/nn/vocabulary.h"

#include <string.h>

#define WORDS_FROM 62 /* everything before is a mark or one sign */

/* clang-format off */
static const char *const names[] = {
    "<pad>", "<q>", "<a>", "<think>", "</think>", "<end>", "<idk>", "<unk>", "_",
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
    "+", "-", "*", "/", "=", "?", ",", ".", ";", ":", "!", "'", "(", ")", "%", ">", "<",
    "shop", "farmer", "teacher", "library", "boy", "girl", "baker", "school", "she", "he", "it",
    "they", "you", "we", "pens", "apples", "books", "coins", "eggs", "cards", "cakes", "stamps",
    "balls", "keys", "hats", "shells", "cookies", "marbles", "tickets", "bottles", "bat",
    "ball", "pen", "book", "cup", "plate", "hat", "coat", "fork", "knife", "lamp", "table",
    "chair", "apple", "pear", "shirt", "tie", "cake", "tea", "bike", "bell", "phone", "case",
    "what", "is", "the", "sum", "of", "and", "add", "plus", "calculate", "how", "much",
    "subtract", "from", "minus", "take", "away", "times", "multiply", "by", "multiplied",
    "reverse", "word", "spell", "backwards", "in", "write", "even", "or", "odd", "number",
    "which", "bigger", "larger", "smaller", "greater", "than", "compare", "max", "min", "start",
    "with", "begin", "then", "do", "get", "result", "double", "halve", "triple", "where", "end",
    "find", "has", "have", "had", "buys", "buy", "gets", "finds", "receives", "makes", "sells",
    "sell", "loses", "gives", "eats", "breaks", "throws", "another", "more", "many", "are",
    "left", "now", "does", "there", "boxes", "bags", "each", "adds", "removes", "cost", "costs",
    "together", "price", "total", "dollars", "cents", "comes", "next", "sequence", "series",
    "after", "continue", "answer", "an", "that", "be", "as", "to", "on", "at", "for", "this",
    "was", "not", "can", "who", "when", "why", "tell", "me", "about", "please", "if", "your",
    "my", "one", "two", "all", "out", "up", "so", "but", "his", "her", "no", "yes", "last",
    "digit", "rule", "fits",
};
/* clang-format on */

#define NAMES (sizeof names / sizeof *names)

size_t vocabulary_size(void)
{
    return NAMES;
}

const char *vocabulary_name(token_id id)
{
    return names[id];
}

bool token_is_mark(token_id id)
{
    return id < TOKEN_DIGITS;
}

bool token_is_digit(token_id id)
{
    return id >= TOKEN_DIGITS && id < TOKEN_LETTERS;
}

bool token_is_letter(token_id id)
{
    return id >= TOKEN_LETTERS && id < TOKEN_LETTERS + 26;
}

bool token_is_word(token_id id)
{
    return id >= WORDS_FROM && id < NAMES;
}

/* A mark cannot be typed: "<think>" in a question is three pieces like any other text. */
bool vocabulary_find(const char *name, size_t len, token_id *ret)
{
    for (size_t i = len == 1 ? TOKEN_DIGITS : WORDS_FROM; i < NAMES; i++) {
        if (names[i][0] == name[0] && strlen(names[i]) == len && memcmp(names[i], name, len) == 0) {
            *ret = (token_id)i;
            return true;
        }
    }
    return false;
}

struct hash vocabulary_hash(void)
{
    struct hash_state s;
    hash_start(&s);
    for (size_t i = 0; i < NAMES; i++)
        hash_field_text(&s, names[i]);
    return hash_end(&s);
}
