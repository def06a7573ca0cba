/* The reference version of every layer (plain.h). */
#include "core/nn/plain.h"

#include <assert.h>
#include <math.h>

#include "core/base/mem.h"

/* --- linear --------------------------------------------------------------------------- */

void plain_linear(int n, int in, int out, const double *x, const double *w, double *ret_y)
{
    for (int t = 0; t < n; t++)
        for (int o = 0; o < out; o++) {
            double sum = 0;
            for (int i = 0; i < in; i++)
                sum += x[t * in + i] * w[o * in + i];
            ret_y[t * out + o] = sum;
        }
}

void plain_linear_back(int n, int in, int out, const double *x, const double *w, const double *dy,
                       double *dx, double *dw)
{
    for (int t = 0; t < n; t++)
        for (int o = 0; o < out; o++)
            for (int i = 0; i < in; i++) {
                dx[t * in + i] += dy[t * out + o] * w[o * in + i];
                dw[o * in + i] += dy[t * out + o] * x[t * in + i];
            }
}

/* --- norm ------------------------------------------------------------------------------ */

static double inverse_rms(int d, const double *x)
{
    double sum = 0;
    for (int c = 0; c < d; c++)
        sum += x[c] * x[c];
    return 1 / sqrt(sum / d + 1e-6);
}

void plain_norm(int n, int d, const double *x, const double *gain, double *ret_y)
{
    for (int t = 0; t < n; t++) {
        double inv = inverse_rms(d, x + t * d);
        for (int c = 0; c < d; c++)
            ret_y[t * d + c] = x[t * d + c] * inv * gain[c];
    }
}

void plain_norm_back(int n, int d, const double *x, const double *gain, const double *dy,
                     double *dx, double *dgain)
{
    for (int t = 0; t < n; t++) {
        double inv = inverse_rms(d, x + t * d), along = 0;
        for (int c = 0; c < d; c++) {
            dgain[c] += dy[t * d + c] * x[t * d + c] * inv;
            along += dy[t * d + c] * gain[c] * x[t * d + c];
        }
        for (int c = 0; c < d; c++)
            dx[t * d + c] += inv * (dy[t * d + c] * gain[c] - x[t * d + c] * inv * inv * along / d);
    }
}

/* --- filter ---------------------------------------------------------------------------- */

void plain_filter(int n, int d, const double *x, const double *taps, double *ret_y)
{
    for (int t = 0; t < n; t++)
        for (int c = 0; c < d; c++) {
            double sum = x[t * d + c];
            for (int j = 0; j < NN_TAPS && t - 1 - j >= 0; j++)
                sum += taps[j * d + c] * x[(t - 1 - j) * d + c];
            ret_y[t * d + c] = sum;
        }
}

void plain_filter_back(int n, int d, const double *x, const double *taps, const double *dy,
                       double *dx, double *dtaps)
{
    for (int t = 0; t < n; t++)
        for (int c = 0; c < d; c++) {
            dx[t * d + c] += dy[t * d + c];
            for (int j = 0; j < NN_TAPS && t - 1 - j >= 0; j++) {
                dx[(t - 1 - j) * d + c] += dy[t * d + c] * taps[j * d + c];
                dtaps[j * d + c] += dy[t * d + c] * x[(t - 1 - j) * d + c];
            }
        }
}

/* --- unit length and position ------------------------------------------------------------ */

static double length(int s, const double *x)
{
    double sum = 0;
    for (int c = 0; c < s; c++)
        sum += x[c] * x[c];
    return fmax(sqrt(sum), 1e-12);
}

/* Turns one head's vector by its position, forward (+1) or back (-1). */
static void rotate(int s, double pos, double way, const double *x, double *ret_y)
{
    int half = s / 2;
    for (int i = 0; i < half; i++) {
        double angle = way * pos * pow(1000, -(double)i / half);
        double a = x[i], b = x[i + half];
        ret_y[i] = a * cos(angle) - b * sin(angle);
        ret_y[i + half] = b * cos(angle) + a * sin(angle);
    }
}

void plain_turn(int n, int heads, int s, const int *pos, const double *x, double *ret_y)
{
    for (int t = 0; t < n; t++)
        for (int h = 0; h < heads; h++) {
            const double *from = x + (t * heads + h) * s;
            double unit[NN_MAX_WIDTH], len = length(s, from);
            for (int c = 0; c < s; c++)
                unit[c] = from[c] / len;
            rotate(s, pos[t], 1, unit, ret_y + (t * heads + h) * s);
        }
}

void plain_turn_back(int n, int heads, int s, const int *pos, const double *x, const double *dy,
                     double *dx)
{
    for (int t = 0; t < n; t++)
        for (int h = 0; h < heads; h++) {
            const double *from = x + (t * heads + h) * s;
            double g[NN_MAX_WIDTH], len = length(s, from), along = 0;
            rotate(s, pos[t], -1, dy + (t * heads + h) * s, g);
            for (int c = 0; c < s; c++)
                along += g[c] * from[c] / len;
            /* A vector of one length can only move across itself. */
            for (int c = 0; c < s; c++)
                dx[(t * heads + h) * s + c] += (g[c] - from[c] / len * along) / len;
        }
}

/* --- attention ------------------------------------------------------------------------- */

/* How much token i listens to each token j <= i, in one head.   p (n,) */
static void listen(int i, int heads, int h, int s, const double *q, const double *k, double scale,
                   double *ret_p)
{
    double most = -INFINITY, sum = 0;
    for (int j = 0; j <= i; j++) {
        double score = 0;
        for (int c = 0; c < s; c++)
            score += q[(i * heads + h) * s + c] * k[(j * heads + h) * s + c];
        ret_p[j] = scale * score;
        most = fmax(most, ret_p[j]);
    }
    for (int j = 0; j <= i; j++)
        sum += ret_p[j] = exp(ret_p[j] - most);
    for (int j = 0; j <= i; j++)
        ret_p[j] /= sum;
}

void plain_attention(int n, int heads, int s, const double *q, const double *k, const double *v,
                     const double *scale, double *ret_y)
{
    assert(n <= NN_MAX_TOKENS);
    for (int h = 0; h < heads; h++)
        for (int i = 0; i < n; i++) {
            double p[NN_MAX_TOKENS];
            listen(i, heads, h, s, q, k, scale[h], p);
            for (int c = 0; c < s; c++) {
                double sum = 0;
                for (int j = 0; j <= i; j++)
                    sum += p[j] * v[(j * heads + h) * s + c];
                ret_y[(i * heads + h) * s + c] = sum;
            }
        }
}

void plain_attention_back(int n, int heads, int s, const double *q, const double *k,
                          const double *v, const double *scale, const double *dy, double *dq,
                          double *dk, double *dv, double *dscale)
{
    assert(n <= NN_MAX_TOKENS);
    for (int h = 0; h < heads; h++)
        for (int i = 0; i < n; i++) {
            double p[NN_MAX_TOKENS], dp[NN_MAX_TOKENS], mean = 0;
            int at = (i * heads + h) * s;
            listen(i, heads, h, s, q, k, scale[h], p);
            for (int j = 0; j <= i; j++) {
                dp[j] = 0;
                for (int c = 0; c < s; c++) {
                    dp[j] += dy[at + c] * v[(j * heads + h) * s + c];
                    dv[(j * heads + h) * s + c] += dy[at + c] * p[j];
                }
                mean += p[j] * dp[j];
            }
            for (int j = 0; j <= i; j++) {
                double dscore = p[j] * (dp[j] - mean);
                for (int c = 0; c < s; c++) {
                    int other = (j * heads + h) * s + c;
                    dscale[h] += dscore * q[at + c] * k[other];
                    dq[at + c] += dscore * scale[h] * k[other];
                    dk[other] += dscore * scale[h] * q[at + c];
                }
            }
        }
}

/* --- squared ReLU and loss --------------------------------------------------------------- */

void plain_square(int n, const double *x, double *ret_y)
{
    for (int i = 0; i < n; i++)
        ret_y[i] = x[i] > 0 ? x[i] * x[i] : 0;
}

void plain_square_back(int n, const double *x, const double *dy, double *dx)
{
    for (int i = 0; i < n; i++)
        dx[i] += x[i] > 0 ? 2 * x[i] * dy[i] : 0;
}

double plain_loss(int n, int vocab, const double *logits, const int *target, double weight,
                  double *dlogits)
{
    double loss = 0;
    for (int t = 0; t < n; t++) {
        const double *row = logits + t * vocab;
        double most = -INFINITY, sum = 0;
        for (int i = 0; i < vocab; i++)
            most = fmax(most, row[i]);
        for (int i = 0; i < vocab; i++)
            sum += exp(row[i] - most);
        loss += log(sum) + most - row[target[t]];
        for (int i = 0; i < vocab; i++)
            dlogits[t * vocab + i] +=
                weight * (exp(row[i] - most) / sum - (i == target[t] ? 1 : 0));
    }
    return loss;
}

/* --- gated recurrent units ------------------------------------------------------------------ */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double dot(int n, const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The gates of one token, one unit: r, z, c, and what the state gives to the candidate. */
struct gates {
    double r, z, c, inner;
};

static struct gates gates_of(int in, int u, int i, const double *x, const double *h,
                             const double *w, const double *wh, const double *b, const double *bh)
{
    struct gates g;
    int r = i, z = u + i, c = 2 * u + i;
    g.r = sigmoid(dot(in, w + r * in, x) + b[r] + dot(u, wh + r * u, h) + bh[r]);
    g.z = sigmoid(dot(in, w + z * in, x) + b[z] + dot(u, wh + z * u, h) + bh[z]);
    g.inner = dot(u, wh + c * u, h) + bh[c];
    g.c = tanh(dot(in, w + c * in, x) + b[c] + g.r * g.inner);
    return g;
}

static const double zero_state[NN_MAX_WIDTH];

void plain_gru(int n, int in, int u, const double *x, const double *w, const double *wh,
               const double *b, const double *bh, double *ret_h)
{
    assert(u <= NN_MAX_WIDTH);
    const double *h = zero_state;
    for (int t = 0; t < n; t++) {
        for (int i = 0; i < u; i++) {
            struct gates g = gates_of(in, u, i, x + t * in, h, w, wh, b, bh);
            ret_h[t * u + i] = (1 - g.z) * g.c + g.z * h[i];
        }
        h = ret_h + t * u;
    }
}

void plain_gru_back(int n, int in, int u, const double *x, const double *w, const double *wh,
                    const double *b, const double *bh, const double *dh, double *dx, double *dw,
                    double *dwh, double *db, double *dbh)
{
    assert(n <= NN_MAX_TOKENS && u <= NN_MAX_WIDTH);
    double *h_all = mem_new(double, (size_t)n *(size_t)u);
    double later[NN_MAX_WIDTH] = { 0 }; /* what comes back from the next token's state */
    plain_gru(n, in, u, x, w, wh, b, bh, h_all);
    for (int t = n - 1; t >= 0; t--) {
        const double *h = t ? h_all + (t - 1) * u : zero_state;
        double before[NN_MAX_WIDTH] = { 0 };
        for (int i = 0; i < u; i++) {
            struct gates g = gates_of(in, u, i, x + t * in, h, w, wh, b, bh);
            double d = dh[t * u + i] + later[i];
            double dc = d * (1 - g.z) * (1 - g.c * g.c); /* before tanh */
            double from_x[3] = { dc * g.inner * g.r * (1 - g.r), d * (h[i] - g.c) * g.z * (1 - g.z),
                                 dc };
            double from_h[3] = { from_x[0], from_x[1], dc * g.r };
            before[i] += d * g.z;
            for (int gate = 0; gate < 3; gate++) {
                int row = gate * u + i;
                db[row] += from_x[gate];
                dbh[row] += from_h[gate];
                for (int c = 0; c < in; c++) {
                    dw[row * in + c] += from_x[gate] * x[t * in + c];
                    dx[t * in + c] += from_x[gate] * w[row * in + c];
                }
                for (int c = 0; c < u; c++) {
                    dwh[row * u + c] += from_h[gate] * h[c];
                    before[c] += from_h[gate] * wh[row * u + c];
                }
            }
        }
        for (int i = 0; i < u; i++)
            later[i] = before[i];
    }
    mem_free(h_all);
}
