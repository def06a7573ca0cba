/* Gated recurrent units, fast (gru.h). What comes from the inputs is one product over all
 * moments; only what comes from the state goes moment by moment. A sequence that has ended
 * carries its state along unchanged. */
#include "core/nn/gru.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/lanes.h"
#include "core/nn/matrix.h"

struct nn_gru {
    struct nn_gru_shape shape;
    int room_batch, room_most;
    int batch, most; /* of the last forward */
    int *length;
    float *state;  /* (most + 1,batch,units): state[t] before moment t */
    float *gates;  /* (most,batch,3 units): r, z, c */
    float *from_h; /* (most,batch,3 units): what the state gives to each gate */
    float *dgates; /* (most,batch,3 units): gradient of what the inputs give */
    float *dinner; /* (most,batch,3 units): gradient of what the state gives */
    float *dstate; /* (batch,units) */
    float *turned; /* (units,3 units): wh turned, in the last forward */
};

struct nn_gru *nn_gru_new(const struct nn_gru_shape *shape, int batch, int most)
{
    assert(shape->in >= 1 && shape->units >= 1 && batch >= 1 && most >= 1);
    struct nn_gru *g = mem_new(struct nn_gru, 1);
    size_t rows = (size_t)batch * (size_t)most, u = (size_t)shape->units;
    g->shape = *shape;
    g->room_batch = batch;
    g->room_most = most;
    g->length = mem_new(int, (size_t)batch);
    g->state = mem_new(float, (rows + (size_t)batch) * u);
    g->gates = mem_new(float, rows * 3 * u);
    g->from_h = mem_new(float, rows * 3 * u);
    g->dgates = mem_new(float, rows * 3 * u);
    g->dinner = mem_new(float, rows * 3 * u);
    g->dstate = mem_new(float, (size_t)batch *u);
    g->turned = mem_new(float, 3 * u * u);
    matrix_start();
    return g;
}

void nn_gru_free(struct nn_gru *g)
{
    if (!g)
        return;
    mem_free(g->length);
    mem_free(g->state);
    mem_free(g->gates);
    mem_free(g->from_h);
    mem_free(g->dgates);
    mem_free(g->dinner);
    mem_free(g->dstate);
    mem_free(g->turned);
    mem_free(g);
}

NN_INTO float sigmoid(float x)
{
    return 1 / (1 + lanes_exp(-x));
}

NN_INTO float tangent(float x)
{
    return 1 - 2 / (1 + lanes_exp(2 * x));
}

/* One token of one sequence: gates (3 u) hold what the inputs give and become r, z, c. */
NN_WIDE static void step(int u, const float *restrict b, const float *restrict bh,
                         float *restrict from_h, float *restrict gates, const float *restrict h,
                         float *restrict next)
{
    for (int i = 0; i < 2 * u; i++)
        gates[i] = sigmoid(gates[i] + b[i] + from_h[i] + bh[i]);
    for (int i = 0; i < u; i++) {
        float inner = from_h[2 * u + i] += bh[2 * u + i];
        float c = tangent(gates[2 * u + i] + b[2 * u + i] + gates[i] * inner);
        gates[2 * u + i] = c;
        next[i] = (1 - gates[u + i]) * c + gates[u + i] * h[i];
    }
}

/* Turned once, the weights need not be turned again for the few rows of every moment: a third
 * of the way forward. */
static void turn(int rows, int cols, const float *from, float *to)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

void nn_gru_forward(struct nn_gru *g, const struct nn_gru_weights *w, int batch, int most,
                    const int *length, const float *x, float *ret_last)
{
    assert(batch <= g->room_batch && most <= g->room_most);
    int in = g->shape.in, u = g->shape.units, rows = batch * most;
    size_t state = (size_t)(batch * u) * sizeof *g->state;
    g->batch = batch;
    g->most = most;
    memcpy(g->length, length, (size_t)batch * sizeof *length);
    memset(g->state, 0, state);
    turn(3 * u, u, w->wh, g->turned);
    matrix_nt(1, matrix_of(x, rows, in), matrix_of(w->w, 3 * u, in), 0,
              matrix_of(g->gates, rows, 3 * u));
    for (int t = 0; t < most; t++) {
        float *h = g->state + t * batch * u, *next = h + batch * u;
        float *from_h = g->from_h + t * batch * 3 * u, *gates = g->gates + t * batch * 3 * u;
        matrix_nn(1, matrix_of(h, batch, u), matrix_of(g->turned, u, 3 * u), 0,
                  matrix_of(from_h, batch, 3 * u));
        for (int i = 0; i < batch; i++)
            if (t < length[i])
                step(u, w->b, w->bh, from_h + i * 3 * u, gates + i * 3 * u, h + i * u,
                     next + i * u);
            else
                memcpy(next + i * u, h + i * u, (size_t)u * sizeof *h);
    }
    memcpy(ret_last, g->state + most * batch * u, state);
}

/* dh: gradient of the state after this token; becomes the part of the gradient of the state
 * before it that does not go through wh. */
NN_WIDE static void step_back(int u, const float *restrict gates, const float *restrict from_h,
                              const float *restrict h, float *restrict dh, float *restrict dgates,
                              float *restrict dinner)
{
    for (int i = 0; i < u; i++) {
        float r = gates[i], z = gates[u + i], c = gates[2 * u + i], d = dh[i];
        float dc = d * (1 - z) * (1 - c * c);
        dgates[i] = dinner[i] = dc * from_h[2 * u + i] * r * (1 - r);
        dgates[u + i] = dinner[u + i] = d * (h[i] - c) * z * (1 - z);
        dgates[2 * u + i] = dc;
        dinner[2 * u + i] = dc * r;
        dh[i] = d * z;
    }
}

/* Adds the sum of the rows of x (n,cols). */
static void add_rows(int n, int cols, const float *x, float *sum)
{
    for (int t = 0; t < n; t++)
        for (int c = 0; c < cols; c++)
            sum[c] += x[t * cols + c];
}

void nn_gru_back(struct nn_gru *g, const struct nn_gru_weights *w, const float *x,
                 const float *dlast, const struct nn_gru_weights *grad, float *dx)
{
    int in = g->shape.in, u = g->shape.units, batch = g->batch, rows = batch * g->most;
    float *dh = g->dstate;
    memcpy(dh, dlast, (size_t)(batch * u) * sizeof *dh);
    for (int t = g->most - 1; t >= 0; t--) {
        int wide = t * batch * 3 * u;
        for (int i = 0; i < batch; i++) {
            int at = wide + i * 3 * u;
            if (t < g->length[i]) {
                step_back(u, g->gates + at, g->from_h + at, g->state + (t * batch + i) * u,
                          dh + i * u, g->dgates + at, g->dinner + at);
            } else {
                memset(g->dgates + at, 0, (size_t)(3 * u) * sizeof *dh);
                memset(g->dinner + at, 0, (size_t)(3 * u) * sizeof *dh);
            }
        }
        matrix_nn(1, matrix_of(g->dinner + wide, batch, 3 * u), matrix_of(w->wh, 3 * u, u), 1,
                  matrix_of(dh, batch, u));
    }
    struct matrix dgates = matrix_of(g->dgates, rows, 3 * u);
    struct matrix dinner = matrix_of(g->dinner, rows, 3 * u);
    matrix_tn(1, dgates, matrix_of(x, rows, in), 1, matrix_of(grad->w, 3 * u, in));
    matrix_tn(1, dinner, matrix_of(g->state, rows, u), 1, matrix_of(grad->wh, 3 * u, u));
    matrix_nn(1, dgates, matrix_of(w->w, 3 * u, in), 0, matrix_of(dx, rows, in));
    add_rows(rows, 3 * u, g->dgates, grad->b);
    add_rows(rows, 3 * u, g->dinner, grad->bh);
}
