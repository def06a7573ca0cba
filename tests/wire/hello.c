/* The least that can be asked of a server (hello.h). */
#include "tests/wire/hello.h"

#include <math.h>

#include "core/model/provider.h"

struct call_request hello_request(void)
{
    static const char query[] = "Say hello.";
    return (struct call_request){ .model = "m",
                                  .query = query,
                                  .query_len = sizeof query - 1,
                                  .temperature = NAN,
                                  .top_p = NAN,
                                  .max_tokens = 100,
                                  .think = THINK_UNSET,
                                  .think_budget = -1,
                                  .context_tokens = -1 };
}

struct server hello_server(const char *type, const char *url)
{
    return (struct server){ .name = "mock",
                            .provider = provider_find(type),
                            .url = url,
                            .local = true,
                            .think = THINK_ALWAYS,
                            .price_in = NAN,
                            .price_out = NAN,
                            .origin = "--server" };
}
