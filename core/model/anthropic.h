/* The provider "anthropic" (see anthropic.c). */
#ifndef MODEL_ANTHROPIC_H
#define MODEL_ANTHROPIC_H

#include "core/model/provider.h"

extern const struct provider anthropic_provider;

#endif
