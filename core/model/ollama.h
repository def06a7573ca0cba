/* The provider "ollama" (see ollama.c). */
#ifndef MODEL_OLLAMA_H
#define MODEL_OLLAMA_H

#include "core/model/provider.h"

extern const struct provider ollama_provider;

#endif
