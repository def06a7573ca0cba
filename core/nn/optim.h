/* Optimizers: how a gradient moves weights.
 *
 * Muon (Jordan et al., 2024) for matrices: the momentum's update is brought near the closest
 * matrix with all singular values equal by five Newton-Schulz steps, so that no direction
 * dominates. Adam (Kingma and Ba, 2015), without weight decay, for the rest. Both are plain
 * functions over arrays the caller keeps. */
#ifndef NN_OPTIM_H
#define NN_OPTIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room muon_step needs for a matrix of this size, in numbers. */
size_t muon_scratch(int rows, int cols);

/* One step of a matrix w (rows,cols) with gradient g: Nesterov momentum 0.95 kept in m, step
 * of `rate` times sqrt(max(1, rows / cols)). g is spoilt. */
void muon_step(int rows, int cols, double rate, float *g, float *m, float *w, float *scratch);

/* One step of n weights with gradient g; mean and square are the running averages kept, step
 * counts from 1 (for their bias). */
struct adam {
    double rate, mean, square; /* how much of the averages is kept: 0.9 and 0.98 */
    int64_t step;
};
void adam_step(const struct adam *how, size_t n, const float *g, float *mean, float *square,
               float *w);

/* Share of the highest rate in update `number` (1, 2, ...) at `progress`: grows over `warm`
 * updates, falls along half a cosine to `floor`. */
double rate_share(int64_t number, int warm, double progress, double floor);

#endif
