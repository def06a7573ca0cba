/* Laid under a test that runs under memcheck: patterns are walked through instead of becoming
 * machine code. Such code looks at sixteen bytes at a time, those behind the end of a text among
 * them, and decides nothing by these; memcheck cannot know that, and it has no names to tell the
 * code by. Walked through, a pattern looks at the text alone, so that what is said of it is so. */
#include <stdint.h>

int pcre2_jit_compile_8(void *code, uint32_t options);

int pcre2_jit_compile_8(void *code, uint32_t options)
{
    (void)code;
    (void)options;
    return -45; /* PCRE2_ERROR_JIT_BADOPTION: a library built without it says the same */
}
