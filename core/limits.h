/* Ceilings: every input from outside has one, each with its reason. */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* A question: far beyond any context window, small enough to classify in a frame. */
#define MAX_QUERY_BYTES (1 * MIB)
/* One event or line from a server: what the largest reference clients allow. */
#define MAX_EVENT_BYTES (8 * MIB)
/* One header-like line (SSE field other than data): no honest server comes near. */
#define MAX_FIELD_BYTES (64 * KIB)
/* All header fields of one reply, interim replies and trailers too: what newer libcurls take. */
#define MAX_HEAD_BYTES (300 * KIB)
/* All text of one answer or one thinking: a model at its limit writes under 1 MiB. */
#define MAX_ANSWER_BYTES (16 * MIB)
/* One answer as a line of JSON: its question, text and thinking, every byte of them escaped. */
#define MAX_JSON_LINE (6 * (2 * MAX_ANSWER_BYTES + MAX_QUERY_BYTES) + 64 * KIB)
/* A whole non-streamed reply: a model list with templates stays well below. */
#define MAX_REPLY_BYTES (16 * MIB)
/* How much of a foreign error body is shown to a person. */
#define MAX_ERROR_SHOWN 300
/* A database of an earlier version that may not be written: read through a copy in memory. A hundred
 * thousand answers fit; beyond that the copy takes longer than a start may. */
#define MAX_OLDER_BYTES (256 * MIB)
/* A set, rule or config file a person edits. */
#define MAX_FILE_BYTES (16 * MIB)
/* Values of a config file: all settings, every server's, and a key for every action. */
#define MAX_CONFIG_VALUES 2000
/* Queries in one set: hours of model time at one second each. */
#define MAX_SET_ITEMS 100000
/* The known answer of a set's query: a word, a number, a short sentence. */
#define MAX_KNOWN_BYTES (1 * KIB)
/* Rules in one rule file. */
#define MAX_RULES 1000
/* One rule line of a rule file. */
#define MAX_RULE_LINE 1000
/* All keywords of one rule file: their table in memory grows with it, to some 10 MiB. */
#define MAX_KEYWORD_BYTES (32 * KIB)
/* Marks of one rule that counts marks: all the ends a sentence has, and room. */
#define MAX_RULE_MARKS 16
/* Points of one rule either way: adding all rules up cannot pass what an int holds. */
#define MAX_RULE_POINTS 1000
/* Servers known at once. */
#define MAX_SERVERS 64
/* Models of one server: hosted lists run to some hundreds. */
#define MAX_MODELS 4096
/* Stop texts of one request: what the strictest server takes. */
#define MAX_STOPS 4
/* Questions in flight at once from one bench. */
#define MAX_CONCURRENCY 4096
/* Rounds of one bench. */
#define MAX_ROUNDS 10000
/* Questions of one run: at one a second, more than eleven days. */
#define MAX_RUN_ITEMS 1000000
/* Entries of a cache. */
#define MAX_CACHE_SIZE 1000000

/* One exercise: two screens of text and four SELECTs are a tenth of it. */
#define MAX_LESSON_BYTES (64 * KIB)
/* One value of it. */
#define MAX_LESSON_VALUE (8 * KIB)
/* Exercises known at once, own ones too. */
#define MAX_LESSONS 200
/* Folders of exercises named on one command line. */
#define MAX_LESSON_FOLDERS 16

#endif
