/* The layers, fast (layer.h). */
#include "core/nn/layer.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/nn/lanes.h"

/* --- norm ------------------------------------------------------------------------------ */

NN_WIDE void nn_norm(int n, int d, const float *restrict x, const float *restrict gain,
                     float *restrict ret_inv, float *restrict ret_y)
{
    for (int t = 0; t < n; t++, x += d, ret_y += d) {
        float inv = 1 / sqrtf(lanes_dot(x, x, d) / (float)d + 1e-6f);
        for (int c = 0; c < d; c++)
            ret_y[c] = x[c] * inv * gain[c];
        ret_inv[t] = inv;
    }
}

NN_WIDE void nn_norm_back(int n, int d, const float *restrict x, const float *restrict gain,
                          const float *restrict inv, float *restrict dy, float *restrict dx,
                          float *restrict dgain)
{
    for (int t = 0; t < n; t++, x += d, dy += d, dx += d) {
        float by = inv[t];
        for (int c = 0; c < d; c++) {
            dgain[c] += dy[c] * x[c] * by;
            dy[c] *= gain[c];
        }
        float along = lanes_dot(dy, x, d) * by * by * by / (float)d;
        for (int c = 0; c < d; c++)
            dx[c] += dy[c] * by - x[c] * along;
    }
}

/* --- filter ---------------------------------------------------------------------------- */

static const float nothing[NN_MAX_WIDTH]; /* the tokens before the first and after the last */

NN_WIDE void nn_filter(int seqs, const int *start, int d, const float *restrict x,
                       const float *restrict taps, float *restrict ret_y)
{
    const float *w0 = taps, *w1 = taps + d, *w2 = taps + 2 * d;
    for (int s = 0; s < seqs; s++)
        for (int t = start[s]; t < start[s + 1]; t++) {
            const float *x0 = x + t * d;
            const float *x1 = t - 1 >= start[s] ? x0 - d : nothing;
            const float *x2 = t - 2 >= start[s] ? x0 - 2 * d : nothing;
            const float *x3 = t - 3 >= start[s] ? x0 - 3 * d : nothing;
            float *y = ret_y + t * d;
            for (int c = 0; c < d; c++)
                y[c] = x0[c] + w0[c] * x1[c] + w1[c] * x2[c] + w2[c] * x3[c];
        }
}

NN_WIDE void nn_filter_back(int seqs, const int *start, int d, const float *restrict x,
                            const float *restrict taps, const float *restrict dy,
                            float *restrict dx, float *restrict dtaps)
{
    const float *w0 = taps, *w1 = taps + d, *w2 = taps + 2 * d;
    float *dw0 = dtaps, *dw1 = dtaps + d, *dw2 = dtaps + 2 * d;
    for (int s = 0; s < seqs; s++) {
        int end = start[s + 1];
        for (int t = start[s]; t < end; t++) {
            const float *x0 = x + t * d;
            const float *dy0 = dy + t * d;
            const float *dy1 = t + 1 < end ? dy0 + d : nothing;
            const float *dy2 = t + 2 < end ? dy0 + 2 * d : nothing;
            const float *dy3 = t + 3 < end ? dy0 + 3 * d : nothing;
            float *to = dx + t * d;
            /* A token's weight on the three after it, seen from the token itself. */
            for (int c = 0; c < d; c++) {
                to[c] = dy0[c] + w0[c] * dy1[c] + w1[c] * dy2[c] + w2[c] * dy3[c];
                dw0[c] += dy1[c] * x0[c];
                dw1[c] += dy2[c] * x0[c];
                dw2[c] += dy3[c] * x0[c];
            }
        }
    }
}

/* --- unit length and position ------------------------------------------------------------ */

void nn_turns_init(struct nn_turns *t, const struct nn_shape *shape)
{
    int half = shape->width / shape->heads / 2;
    size_t count = (size_t)NN_MAX_PLACES * (size_t)half;
    *t = (struct nn_turns){ half, mem_new(float, count), mem_new(float, count) };
    for (int i = 0; i < half; i++) {
        double speed = pow(1000, -(double)i / half);
        for (int pos = 0; pos < NN_MAX_PLACES; pos++) {
            t->cos[pos * half + i] = (float)cos(pos * speed);
            t->sin[pos * half + i] = (float)sin(pos * speed);
        }
    }
}

void nn_turns_done(struct nn_turns *t)
{
    mem_free(t->cos);
    mem_free(t->sin);
    *t = (struct nn_turns){ 0 };
}

NN_WIDE void nn_turn(const struct nn_turns *t, int n, int heads, int stride, const int *pos,
                     float *restrict x, float *restrict ret_inv)
{
    int half = t->half;
    for (int row = 0; row < n; row++) {
        const float *cosine = t->cos + pos[row] * half, *sine = t->sin + pos[row] * half;
        for (int h = 0; h < heads; h++) {
            float *restrict a = x + row * stride + h * 2 * half, *restrict b = a + half;
            float len = sqrtf(lanes_dot(a, a, 2 * half));
            float inv = 1 / (len > 1e-12f ? len : 1e-12f);
            for (int i = 0; i < half; i++) {
                float from_a = a[i] * inv, from_b = b[i] * inv;
                a[i] = from_a * cosine[i] - from_b * sine[i];
                b[i] = from_b * cosine[i] + from_a * sine[i];
            }
            ret_inv[row * heads + h] = inv;
        }
    }
}

NN_WIDE void nn_turn_back(const struct nn_turns *t, int n, int heads, int stride, const int *pos,
                          const float *restrict y, const float *restrict inv, float *restrict dy)
{
    int half = t->half;
    for (int row = 0; row < n; row++) {
        const float *cosine = t->cos + pos[row] * half, *sine = t->sin + pos[row] * half;
        for (int h = 0; h < heads; h++) {
            int at = row * stride + h * 2 * half;
            const float *ya = y + at, *yb = ya + half;
            float *restrict a = dy + at, *restrict b = a + half;
            float by = inv[row * heads + h];
            /* What points along the vector would change its length, which is fixed. Turning
             * keeps angles, so this can be taken away before turning back. */
            float along = lanes_dot(a, ya, 2 * half);
            for (int i = 0; i < half; i++) {
                float from_a = (a[i] - ya[i] * along) * by, from_b = (b[i] - yb[i] * along) * by;
                a[i] = from_a * cosine[i] + from_b * sine[i];
                b[i] = from_b * cosine[i] - from_a * sine[i];
            }
        }
    }
}

/* --- squared ReLU ------------------------------------------------------------------------ */

NN_WIDE void nn_square(int n, const float *restrict x, float *restrict ret_y)
{
    for (int i = 0; i < n; i++) {
        float up = x[i] > 0 ? x[i] : 0;
        ret_y[i] = up * up;
    }
}

NN_WIDE void nn_square_back(int n, const float *restrict x, float *restrict dy)
{
    for (int i = 0; i < n; i++) {
        float up = x[i] > 0 ? x[i] : 0;
        dy[i] *= 2 * up;
    }
}

/* --- loss ------------------------------------------------------------------------------- */

/* The row becomes `weight` times its softmax. Returns the log of the sum of exponentials. */
NN_WIDE static double softmax(int n, float weight, float *restrict row)
{
    float most = lanes_most(row, n);
    for (int i = 0; i < n; i++)
        row[i] = lanes_exp(row[i] - most);
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)row[i];
    float by = weight / (float)sum;
    for (int i = 0; i < n; i++)
        row[i] *= by;
    return log(sum) + (double)most;
}

double nn_loss(int n, int vocab, const int *target, float weight, float *logits)
{
    double loss = 0;
    for (int t = 0; t < n; t++) {
        float *row = logits + t * vocab;
        double right = (double)row[target[t]];
        loss += softmax(vocab, weight, row) - right;
        row[target[t]] -= weight;
    }
    return loss;
}

NN_WIDE void nn_add(int n, const float *restrict x, float *restrict y)
{
    for (int i = 0; i < n; i++)
        y[i] += x[i];
}
