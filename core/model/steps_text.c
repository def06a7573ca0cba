/* Questions as ids (steps_text.h). */
#include "core/model/steps_text.h"

#include <string.h>

#include "core/base/text.h"

/* Characters a reading may stop after: none is longer than 4 bytes, a letter may become two when
 * lowered, and white space is folded before it is counted. */
static size_t bytes_to_look_at(const char *text, size_t len)
{
    size_t i = 0;
    bool gap = true;
    for (int chars = 0; i < len && chars <= STEPS_MAX_CHARS;) {
        int32_t cp;
        i += text_decode(text + i, len - i, &cp);
        bool space = text_is_space(cp);
        chars += !space || !gap;
        gap = space;
    }
    return i;
}

static uint8_t id_of(int32_t cp)
{
    const char *at = cp > 0 && cp < 0x80 ? strchr(STEPS_ALPHABET, (int)cp) : NULL;
    return at ? (uint8_t)(STEPS_FIRST_CHAR + (at - STEPS_ALPHABET)) : STEPS_UNKNOWN;
}

void steps_text_read(const char *text, size_t len, struct nn_letters *ret)
{
    struct buf low = buf_with_max(4 * (STEPS_MAX_CHARS + 2));
    text_fold(&low, text, bytes_to_look_at(text, len));
    ret->count = 0;
    for (size_t i = 0; i < low.len && ret->count < STEPS_MAX_CHARS;) {
        int32_t cp;
        i += text_decode(buf_text(&low) + i, low.len - i, &cp);
        ret->symbol[ret->count++] = id_of(cp);
    }
    buf_done(&low);
    if (ret->count == 0)
        ret->symbol[ret->count++] = STEPS_UNKNOWN;
}
