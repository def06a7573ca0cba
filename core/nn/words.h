/* The words questions are made of: nouns, people, ordinary words, and made-up ones. */
#ifndef NN_WORDS_H
#define NN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/random.h"
#include "core/nn/phrase.h"

/* Things that are counted in stories: mostly nouns of the vocabulary, some that go letter by
 * letter. Those kept for tests never come up in training. */
const char *word_noun(struct random *r);
const char *word_noun_spelled(struct random *r);
const char *word_noun_of_tests(struct random *r); /* any noun, those kept back included */
/* Things that have a price. */
const char *word_thing(struct random *r);
/* A word of ordinary sentences, none that asks for anything the models can do. */
const char *word_common(struct random *r);
/* Any word of the vocabulary. */
const char *word_known(struct random *r);
/* A person's name, with he or she. */
const char *word_person(struct random *r, const char **ret_pronoun);

/* Appends a made-up word that could be one: onsets, vowels and ends as words have them, now
 * and then letters in no order. low >= 1. */
void word_made_up(struct random *r, int low, int high, struct phrase *to);

#endif
