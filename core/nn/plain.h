/* The reference version of every layer, forward and backward: plain loops in double
 * precision, no tricks. It is what the fast layers (layer.h, attention.h, gru.h) are tested
 * against, and where to read what a layer computes.
 *
 * Names: n rows (tokens) of one sequence, d channels. Everything is row-major. A backward
 * function is given the gradient of the loss with respect to the outputs (dy) and adds the
 * gradient with respect to inputs and weights to dx, dw, ... (+=, so a gradient gathers). */
#ifndef NN_PLAIN_H
#define NN_PLAIN_H

#include "core/nn/shape.h"

/* y = x W^T.   x (n,in)  w (out,in)  y (n,out) */
void plain_linear(int n, int in, int out, const double *x, const double *w, double *ret_y);
void plain_linear_back(int n, int in, int out, const double *x, const double *w, const double *dy,
                       double *dx, double *dw);

/* y = gain x / rms(x), rms(x) = sqrt(mean x^2 + 1e-6), row by row (Zhang and Sennrich, 2019).
 *   x, y (n,d)  gain (d,) */
void plain_norm(int n, int d, const double *x, const double *gain, double *ret_y);
void plain_norm_back(int n, int d, const double *x, const double *gain, const double *dy,
                     double *dx, double *dgain);

/* y[t] = x[t] + sum over j of taps[j] x[t - 1 - j], channel by channel, nothing before the
 * start.   x, y (n,d)  taps (NN_TAPS,d) */
void plain_filter(int n, int d, const double *x, const double *taps, double *ret_y);
void plain_filter_back(int n, int d, const double *x, const double *taps, const double *dy,
                       double *dx, double *dtaps);

/* Each head's vector to unit length, then turned by its position: channels i and i + s/2 of a
 * head of s channels turn together by the angle pos / 1000^(i / (s/2)) (Su et al., 2021).
 *   x, y (n,heads,s)  pos (n,) */
void plain_turn(int n, int heads, int s, const int *pos, const double *x, double *ret_y);
void plain_turn_back(int n, int heads, int s, const int *pos, const double *x, const double *dy,
                     double *dx);

/* Causal attention: y[i] = sum over j <= i of p[i][j] v[j], p[i] = softmax of
 * scale[head] q[i]·k[j].   q, k, v, y (n,heads,s)  scale (heads,) */
void plain_attention(int n, int heads, int s, const double *q, const double *k, const double *v,
                     const double *scale, double *ret_y);
void plain_attention_back(int n, int heads, int s, const double *q, const double *k,
                          const double *v, const double *scale, const double *dy, double *dq,
                          double *dk, double *dv, double *dscale);

/* y = max(x, 0)^2.   x, y (n,) */
void plain_square(int n, const double *x, double *ret_y);
void plain_square_back(int n, const double *x, const double *dy, double *dx);

/* Cross-entropy in nats, summed over rows: -log softmax(logits)[target].
 *   logits (n,vocab)  target (n,)  dlogits: its gradient times `weight`, added */
double plain_loss(int n, int vocab, const double *logits, const int *target, double weight,
                  double *dlogits);

/* One layer of gated recurrent units (Cho et al., 2014, with the reset gate inside, as
 * cuDNN has it), from a zero state:
 *   r = σ(Wr x + Ur h + br)     z = σ(Wz x + Uz h + bz)
 *   c = tanh(Wc x + bc + r (Uc h + bu))      h' = (1 - z) c + z h
 *   x (n,in)  w (3 u,in)  wh (3 u,u)  b, bh (3 u,): r, z, c one below the other;
 *   h (n,u): the state after each token */
void plain_gru(int n, int in, int u, const double *x, const double *w, const double *wh,
               const double *b, const double *bh, double *ret_h);
void plain_gru_back(int n, int in, int u, const double *x, const double *w, const double *wh,
                    const double *b, const double *bh, const double *dh, double *dx, double *dw,
                    double *dwh, double *db, double *dbh);

/* The whole model (shape.h) over one sequence of n <= NN_MAX_TOKENS tokens.
 *   w: the flat weights   ids, pos (n,)   logits (n,vocab) */
void plain_model(const struct nn_shape *shape, const double *w, int n, const int *ids,
                 const int *pos, double *ret_logits);
/* Cross-entropy summed over the tokens that have a target (target >= 0), and `weight` times
 * its gradient added to `dw`, flat like w.   target (n,) */
double plain_model_back(const struct nn_shape *shape, const double *w, int n, const int *ids,
                        const int *pos, const int *target, double weight, double *dw);

#endif
