/* Shapes and where weights lie (shape.h). */
#include "core/nn/shape.h"

#include <math.h>

bool nn_shape_check(const struct nn_shape *shape, struct error *err)
{
    const struct {
        const char *what;
        int value, most;
    } rows[] = {
        { "tokens in its vocabulary", shape->vocab, NN_MAX_VOCAB },
        { "channels of width", shape->width, NN_MAX_WIDTH },
        { "layers", shape->layers, NN_MAX_LAYERS },
        { "heads", shape->heads, NN_MAX_HEADS },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value < 1 || rows[i].value > rows[i].most)
            return error_set(err, ERR_MODEL, "a model cannot have %d %s: 1 to %d are possible",
                             rows[i].value, rows[i].what, rows[i].most);
    if (shape->width % (2 * shape->heads) != 0)
        return error_set(err, ERR_MODEL,
                         "a model of width %d cannot have %d heads: each needs an even share",
                         shape->width, shape->heads);
    return true;
}

struct nn_map nn_map_of(const struct nn_shape *shape)
{
    struct nn_map map = { 0 };
    size_t d = (size_t)shape->width, h = (size_t)shape->heads, at = 0;
    map.embed = at;
    at += (size_t)shape->vocab * d;
    for (int l = 0; l < shape->layers; l++) {
#define X(name, rows, cols, matrix)                                                                \
    map.layer[l].name = at;                                                                        \
    at += (size_t)(rows) * (cols);
        NN_LAYER_WEIGHTS(X)
#undef X
    }
    map.gain = at;
    map.count = at + d;
    return map;
}

int nn_weights_list(const struct nn_shape *shape, struct nn_weight ret[NN_MAX_WEIGHTS])
{
    struct nn_map map = nn_map_of(shape);
    int d = shape->width, h = shape->heads, n = 0;
    ret[n++] = (struct nn_weight){ "embed", -1, shape->vocab, d, map.embed, false };
    for (int l = 0; l < shape->layers; l++) {
#define X(name, rows, cols, matrix)                                                                \
    ret[n++] = (struct nn_weight){ #name, l, (rows), (cols), map.layer[l].name, (matrix) };
        NN_LAYER_WEIGHTS(X)
#undef X
    }
    ret[n++] = (struct nn_weight){ "gain", -1, 1, d, map.gain, false };
    return n;
}

/* --- fresh weights ------------------------------------------------------------------- */

static double normal(struct random *r)
{
    double radius = sqrt(-2 * log(1 - random_unit(r))); /* 1 - u is never 0 */
    return radius * cos(6.283185307179586 * random_unit(r));
}

static void fill_normal(struct random *r, double deviation, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = (float)(deviation * normal(r));
}

static void fill(float value, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = value;
}

void nn_weights_init(const struct nn_shape *shape, struct random *r, float *ret)
{
    struct nn_map map = nn_map_of(shape);
    size_t d = (size_t)shape->width;
    double deviation = 1 / sqrt((double)d);
    fill(0, ret, map.count);
    fill_normal(r, deviation, ret + map.embed, (size_t)shape->vocab * d);
    for (int l = 0; l < shape->layers; l++) {
        const struct nn_layer_map *at = &map.layer[l];
        fill_normal(r, deviation, ret + at->qkv, 3 * d * d);
        fill_normal(r, deviation, ret + at->up, NN_WIDEN * d * d);
        fill(1, ret + at->mix_gain, d);
        fill(1, ret + at->feed_gain, d);
        fill(12, ret + at->scale, (size_t)shape->heads);
    }
    fill(1, ret + map.gain, d);
}
