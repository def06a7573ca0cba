/* A course with exercises in every state, as in the design's frames. */
#ifndef TESTS_SCREEN_LEARN_DATA_H
#define TESTS_SCREEN_LEARN_DATA_H

#include <math.h>

#include "tests/test.h"
#include "tui/pane/learn.h"

enum { DONE = EXERCISE_DONE, SKIP = EXERCISE_SKIPPED, TODO = EXERCISE_TODO };

#define EXERCISE(part_, id_, name_, state_)                                                        \
    {                                                                                              \
        .id = id_, .name = name_, .part = part_, .state = (enum exercise_state)state_,             \
        .title = name_, .pane = "classify"                                                         \
    }

static const struct course_part data_parts[] = {
    { "Setup", 0, 2 }, { "Classifier", 2, 5 }, { "Cache", 7, 3 },       { "Ask", 10, 2 },
    { "Test", 12, 2 }, { "Benchmark", 14, 2 }, { "Production", 16, 2 },
};

static const struct exercise data_exercises[] = {
    EXERCISE(0, "1.1", "Both models answer", DONE),
    EXERCISE(0, "1.2", "Selection rule", DONE),
    EXERCISE(1, "2.1", "Predict six scores", DONE),
    EXERCISE(1, "2.2", "A query scoring -2", DONE),
    { .id = "2.3",
      .name = "Scores exactly 4",
      .title = "Find a query that scores exactly 4",
      .part = 1,
      .pane = "classify",
      .minutes = 4,
      .criteria = { { "score is 4", MET_YES },
                    { "at least two rules fired", MET_YES },
                    { "not a sample query", MET_NO } },
      .criterion_count = 3,
      .hints = { "Two +2 rules are enough." },
      .hint_count = 3,
      .hints_used = 1,
      .tries = 2,
      .checked_wall = 1,
      .found = "this text is sample query 5 of the Test pane." },
    EXERCISE(1, "2.4", "Fool it", TODO),
    EXERCISE(1, "2.5", "Move a threshold", TODO),
    EXERCISE(2, "3.1", "First hit", DONE),
    EXERCISE(2, "3.2", "The oldest survives", DONE),
    EXERCISE(2, "3.3", "Same text, other model", SKIP),
    EXERCISE(3, "4.1", "Easy and hard", DONE),
    EXERCISE(3, "4.2", "Hide the thinking", DONE),
    EXERCISE(4, "5.1", "Explain every ✗", DONE),
    EXERCISE(4, "5.2", "2000x, really?", TODO),
    EXERCISE(5, "6.1", "Latency or hit?", TODO),
    EXERCISE(5, "6.2", "Whose savings?", TODO),
    EXERCISE(6, "7.1", "Breaker", TODO),
    EXERCISE(6, "7.2", "Stale cache", TODO),
};

static const struct course_goal data_goals[] = {
    { "difficulty", "Detect complexity", 0.5, false, "2.1 2.2", "2.3" },
    { "route", "Route to fast or reason", 28.0 / 30, false, "4.1 5.1", "2.5" },
    { "cache", "Cache repeated answers", 20.0 / 30, false, "3.1 3.2", "3.3" },
    { "measure", "Measure latency, quality", 10.0 / 30, false, "4.2", "6.1" },
    { "production", "Ready for production", 0, false, NULL, "7.1" },
};

static const struct course_event data_events[] = {
    { 1, "2.3", "checked", "2 of 3   this text is sample query 5" },
    { 1, "2.2", "passed", "first try, no hints" },
    { 1, "3.2", "passed", "second try, 1 hint" },
    { 1, "4.2", "passed", "first try" },
};

static const struct course data_course = {
    .parts = data_parts,
    .part_count = COUNT(data_parts),
    .exercises = data_exercises,
    .exercise_count = COUNT(data_exercises),
    .current = 4,
    .done = 9,
    .goals = data_goals,
    .goal_count = COUNT(data_goals),
    .events = data_events,
    .event_count = COUNT(data_events),
    .minutes_left = 55,
    .started_wall = 1,
    .saved_wall = 1,
    .sittings = 3,
    .spent_s = 4320,
};

static const struct learn_view data_view = {
    .course = &data_course,
    .chosen = 4,
    .left = "about 55 min left",
    .started = "Mon 09:10",
    .spent = "1 h 12 min",
    .checked = "14:01",
    .at = { "14:01", "13:58", "13:51", "Mon" },
};

#endif
