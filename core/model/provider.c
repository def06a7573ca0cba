/* The list of providers (provider.h). A new one is a file and a line here. */
#include "core/model/provider.h"

#include <string.h>

#include "core/model/anthropic.h"
#include "core/model/ollama.h"
#include "core/model/openai.h"

static const struct provider *const providers[] = {
    &ollama_provider,
    &openai_provider,
    &anthropic_provider,
};

const struct provider *provider_find(const char *name)
{
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        if (strcmp(providers[i]->name, name) == 0)
            return providers[i];
    }
    return NULL;
}

const char *provider_names(void)
{
    static char names[100];
    if (*names)
        return names;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        if (i)
            strcat(names, ", ");
        strcat(names, providers[i]->name);
    }
    return names;
}
