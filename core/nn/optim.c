/* Optimizers (optim.h). */
#include "core/nn/optim.h"

#include <math.h>
#include <string.h>

#include "core/nn/lanes.h"
#include "core/nn/matrix.h"

#define MUON_MOMENTUM 0.95f
#define MUON_STEPS    5

/* a, b, c of x <- a x + b x^3 + c x^5 over singular values: five rounds bring all that are
 * not tiny to between 0.65 and 1.2. */
static const float newton_schulz[] = { 3.4445f, -4.7750f, 2.0315f };

/* --- muon ------------------------------------------------------------------------------- */

size_t muon_scratch(int rows, int cols)
{
    size_t small = (size_t)(rows < cols ? rows : cols);
    return 2 * (size_t)rows * (size_t)cols + 2 * small * small;
}

/* m <- m + (g - m) 5 %, then g <- what Nesterov's look ahead makes of both. */
NN_WIDE static void momentum(size_t n, float *restrict g, float *restrict m)
{
    for (size_t i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * (1 - MUON_MOMENTUM);
        g[i] += (m[i] - g[i]) * MUON_MOMENTUM;
    }
}

static void turn(int rows, int cols, const float *from, float *to)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

NN_WIDE static void to_unit(int rows, int cols, float *restrict x)
{
    double sum = 0;
    for (int i = 0; i < rows; i++)
        sum += (double)lanes_dot(x + i * cols, x + i * cols, cols);
    float by = (float)(1 / (sqrt(sum) + 1e-7));
    for (int i = 0; i < rows * cols; i++)
        x[i] *= by;
}

/* x (n,wide), n <= wide, near the matrix with the same directions and singular values 1.
 * other (n,wide); a, b (n,n). Returns whichever of x and other holds the result. */
static float *straighten(int n, int wide, float *x, float *other, float *a, float *b)
{
    to_unit(n, wide, x);
    for (int round = 0; round < MUON_STEPS; round++) {
        struct matrix mx = matrix_of(x, n, wide), ma = matrix_of(a, n, n);
        matrix_nt(1, mx, mx, 0, ma);
        memcpy(b, a, (size_t)(n * n) * sizeof *b);
        matrix_nn(newton_schulz[2], ma, ma, newton_schulz[1], matrix_of(b, n, n));
        for (int i = 0; i < n; i++)
            b[i * n + i] += newton_schulz[0];
        matrix_nn(1, matrix_of(b, n, n), mx, 0, matrix_of(other, n, wide));
        float *swap = x;
        x = other;
        other = swap;
    }
    return x;
}

NN_WIDE static void move(size_t n, float by, const float *restrict step, float *restrict w)
{
    for (size_t i = 0; i < n; i++)
        w[i] -= by * step[i];
}

void muon_step(int rows, int cols, double rate, float *g, float *m, float *w, float *scratch)
{
    size_t count = (size_t)rows * (size_t)cols;
    bool tall = rows > cols;
    int n = tall ? cols : rows, wide = tall ? rows : cols;
    float *x = scratch, *a = scratch + 2 * count, *b = a + n * n;
    momentum(count, g, m);
    if (tall)
        turn(rows, cols, g, x);
    else
        memcpy(x, g, count * sizeof *x);
    float *step = straighten(n, wide, x, x + count, a, b);
    if (tall) {
        turn(n, wide, step, g);
        step = g;
    }
    move(count, (float)(rate * sqrt(fmax(1, (double)rows / cols))), step, w);
}

/* --- adam ------------------------------------------------------------------------------- */

NN_WIDE static void adam_move(size_t n, float keep_mean, float keep_square, float rate,
                              float square_by, const float *restrict g, float *restrict mean,
                              float *restrict square, float *restrict w)
{
    for (size_t i = 0; i < n; i++) {
        mean[i] += (g[i] - mean[i]) * (1 - keep_mean);
        square[i] += (g[i] * g[i] - square[i]) * (1 - keep_square);
        w[i] -= rate * mean[i] / (sqrtf(square[i]) * square_by + 1e-8f);
    }
}

void adam_step(const struct adam *how, size_t n, const float *g, float *mean, float *square,
               float *w)
{
    /* Both averages start at 0 and are too small at first by a known share. */
    double mean_share = 1 - pow(how->mean, (double)how->step);
    double square_share = 1 - pow(how->square, (double)how->step);
    adam_move(n, (float)how->mean, (float)how->square, (float)(how->rate / mean_share),
              (float)(1 / sqrt(square_share)), g, mean, square, w);
}

double rate_share(int64_t number, int warm, double progress, double floor)
{
    double grown = warm > 0 ? fmin(1, (double)number / warm) : 1;
    double fallen = 0.5 * (1 + cos(3.141592653589793 * fmin(1, fmax(0, progress))));
    return grown * (fallen * (1 - floor) + floor);
}
