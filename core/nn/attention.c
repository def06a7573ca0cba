/* Causal attention, fast (attention.h). Each head of each sequence is a handful of small
 * products over the columns of that head; what lies above the diagonal is computed along and
 * set to zero, which is cheaper than going round it. */
#include "core/nn/attention.h"

#include <string.h>

#include "core/nn/lanes.h"
#include "core/nn/matrix.h"

size_t nn_attention_size(const struct nn_sight *sight)
{
    size_t squares = 0;
    for (int i = 0; i < sight->seqs; i++) {
        size_t n = (size_t)(sight->start[i + 1] - sight->start[i]);
        squares += n * n;
    }
    return squares * (size_t)sight->heads;
}

/* Scores (n,n) become who listens to whom: row i a softmax of its first i + 1, then zeros. */
NN_WIDE static void softmax_causal(int n, float *restrict p)
{
    for (int i = 0; i < n; i++, p += n) {
        float most = lanes_most(p, i + 1), sum = 0;
        for (int j = 0; j <= i; j++)
            p[j] = lanes_exp(p[j] - most);
        for (int j = 0; j <= i; j++)
            sum += p[j];
        float by = 1 / sum;
        for (int j = 0; j <= i; j++)
            p[j] *= by;
        for (int j = i + 1; j < n; j++)
            p[j] = 0;
    }
}

/* dp (n,n), the gradient of p, becomes that of the scores. */
NN_WIDE static void softmax_back(int n, const float *restrict p, float *restrict dp)
{
    for (int i = 0; i < n; i++, p += n, dp += n) {
        float mean = lanes_dot(p, dp, n);
        for (int j = 0; j < n; j++)
            dp[j] = p[j] * (dp[j] - mean);
    }
}

/* The columns of one head in one sequence, of a matrix whose rows hold `cols` numbers. */
static struct matrix head_of(const struct nn_sight *sight, int seq, int head, const float *x,
                             int cols, int part)
{
    int from = sight->start[seq], n = sight->start[seq + 1] - from;
    int s = sight->width / sight->heads;
    struct matrix rows = matrix_of(x + (size_t)from * (size_t)cols, n, cols);
    return matrix_cols(rows, part * sight->width + head * s, s);
}

void nn_attention(const struct nn_sight *sight, const float *qkv, const float *scale, float *ret_p,
                  float *ret_y)
{
    int d = sight->width;
    for (int seq = 0; seq < sight->seqs; seq++)
        for (int h = 0; h < sight->heads; h++) {
            struct matrix q = head_of(sight, seq, h, qkv, 3 * d, 0);
            struct matrix k = head_of(sight, seq, h, qkv, 3 * d, 1);
            struct matrix v = head_of(sight, seq, h, qkv, 3 * d, 2);
            int n = q.rows;
            struct matrix p = matrix_of(ret_p, n, n);
            matrix_nt(scale[h], q, k, 0, p);
            softmax_causal(n, p.v);
            matrix_nn(1, p, v, 0, head_of(sight, seq, h, ret_y, d, 0));
            ret_p += n * n;
        }
}

/* dq holds the gradient of q without the scale in it: adds the scale's own, and puts it in. */
static void scale_back(struct matrix q, float scale, struct matrix dq, float *dscale)
{
    float sum = 0;
    for (int t = 0; t < q.rows; t++) {
        float *row = dq.v + t * dq.stride;
        sum += lanes_dot(row, q.v + t * q.stride, q.cols);
        for (int c = 0; c < q.cols; c++)
            row[c] *= scale;
    }
    *dscale += sum;
}

void nn_attention_back(const struct nn_sight *sight, const float *qkv, const float *scale,
                       const float *p, const float *dy, float *scratch, float *dqkv, float *dscale)
{
    int d = sight->width;
    for (int seq = 0; seq < sight->seqs; seq++)
        for (int h = 0; h < sight->heads; h++) {
            struct matrix q = head_of(sight, seq, h, qkv, 3 * d, 0);
            struct matrix k = head_of(sight, seq, h, qkv, 3 * d, 1);
            struct matrix v = head_of(sight, seq, h, qkv, 3 * d, 2);
            struct matrix dq = head_of(sight, seq, h, dqkv, 3 * d, 0);
            struct matrix dk = head_of(sight, seq, h, dqkv, 3 * d, 1);
            struct matrix dv = head_of(sight, seq, h, dqkv, 3 * d, 2);
            struct matrix heard = head_of(sight, seq, h, dy, d, 0);
            int n = q.rows;
            struct matrix listened = matrix_of(p, n, n), dp = matrix_of(scratch, n, n);
            matrix_tn(1, listened, heard, 0, dv);
            matrix_nt(1, heard, v, 0, dp);
            softmax_back(n, p, dp.v);
            matrix_nn(1, dp, k, 0, dq);
            matrix_tn(scale[h], dp, q, 0, dk);
            scale_back(q, scale[h], dq, &dscale[h]);
            p += n * n;
        }
}
