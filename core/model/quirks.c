/* Lessons of a refusal (quirks.h). */
#include "core/model/quirks.h"

bool quirks_learn(struct model_quirks *q, enum refused what, bool sent_completion_limit,
                  enum call_warn *ret)
{
    switch (what) {
    case REFUSED_NOTHING:
        return false;
    case REFUSED_THINK:
        q->no_think = true;
        *ret = WARN_NO_THINK;
        return true;
    case REFUSED_LIMIT_NAME:
        q->completion_limit = !sent_completion_limit;
        q->limit_plain = sent_completion_limit;
        *ret = WARN_RENAMED_LIMIT;
        return true;
    case REFUSED_TEMPERATURE:
        q->no_temperature = true;
        *ret = WARN_NO_TEMPERATURE;
        return true;
    case REFUSED_STREAM_OPTIONS:
        q->no_stream_options = true;
        *ret = WARN_DROPPED_FIELD;
        return true;
    case REFUSED_THINK_BUDGET:
        q->adaptive_thinking = true;
        *ret = WARN_DROPPED_FIELD;
        return true;
    }
    return false;
}
