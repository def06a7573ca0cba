/* A warm decoder allocates nothing per token: thousands of streams run at once, and a token
 * may come every few microseconds. Allocation is counted by wrapping it at link time. With
 * "--time" it also says what one event costs (a figure for a release build). */
#include "tests/test.h"

#include <time.h>

#include "core/model/decode.h"

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    allocations++;
    return __real_realloc(old, size);
}

/* Events of about the size real servers send, one token each. */
static const struct {
    const char *provider, *type, *event;
} streams[] = {
    { "openai", "text/event-stream",
      "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1795317252,\"model\":"
      "\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" "
      "colour\"},\"finish_reason\":null}]}"
      "\n\n" },
    { "openai", "text/event-stream",
      "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1795317252,\"model\":"
      "\"m\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\" \xC3\xA4 \\u00e4 "
      "\\\"so\\\"\"}}],"
      "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n" },
    { "ollama", "application/x-ndjson",
      "{\"model\":\"smol\",\"created_at\":\"2026-11-22T03:21:10.884986843Z\",\"message\":{\"role\":"
      "\"assistant\",\"content\":\" common\"},\"done\":false}\n" },
    { "anthropic", "text/event-stream",
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{"
      "\"type\":\"text_delta\",\"text\":\" Hello\"}}\n\n" },
};

static void count_text(void *self, const struct model_event *ev)
{
    *(size_t *)self += ev->len;
}

static struct decoder *warm_decoder(size_t which, size_t *texts)
{
    struct decoder *d =
        decoder_new(provider_find(streams[which].provider), false, -1, count_text, texts);
    decoder_head(d, 200, streams[which].type, 1);
    for (int i = 0; i < 10; i++)
        decoder_bytes(d, streams[which].event, strlen(streams[which].event), 1);
    return d;
}

static void test_no_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(streams); i++) {
        size_t texts = 0, len = strlen(streams[i].event);
        struct decoder *d = warm_decoder(i, &texts);
        /* An event in two reads warms the memory for one that is not finished. */
        decoder_bytes(d, streams[i].event, len - 3, 1);
        decoder_bytes(d, streams[i].event + len - 3, 3, 1);
        size_t before = allocations;
        for (int n = 0; n < 1000; n++) {
            decoder_bytes(d, streams[i].event, len / 2, 1);
            decoder_bytes(d, streams[i].event + len / 2, len - len / 2, 1);
        }
        if (allocations != before)
            fail_msg("%s: %zu allocations in 1000 events", streams[i].event, allocations - before);
        assert_true(texts > 1000);
        decoder_free(d);
    }
}

static void print_times(void)
{
    enum { EVENTS = 200000 };
    for (size_t i = 0; i < COUNT(streams); i++) {
        size_t texts = 0, len = strlen(streams[i].event);
        struct timespec a, b;
        struct decoder *d = warm_decoder(i, &texts);
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (int n = 0; n < EVENTS; n++)
            decoder_bytes(d, streams[i].event, len, 1);
        clock_gettime(CLOCK_MONOTONIC, &b);
        double ns = (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec);
        printf("%-10s %4zu bytes  %6.0f ns\n", streams[i].provider, len, ns / EVENTS);
        decoder_free(d);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--time") == 0) {
        print_times();
        return 0;
    }
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_allocation) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
