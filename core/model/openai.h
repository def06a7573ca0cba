/* The provider "openai" (see openai.c). */
#ifndef MODEL_OPENAI_H
#define MODEL_OPENAI_H

#include "core/model/provider.h"

extern const struct provider openai_provider;

#endif
