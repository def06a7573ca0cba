/* Matrix products (matrix.h): the only file that knows CBLAS. */
#include "core/nn/matrix.h"

#include <assert.h>

#include <cblas.h>

struct matrix matrix_of(const float *v, int rows, int cols)
{
    return (struct matrix){ (float *)v, rows, cols, cols };
}

struct matrix matrix_cols(struct matrix m, int from, int cols)
{
    assert(from >= 0 && cols >= 0 && from + cols <= m.cols);
    return (struct matrix){ m.v + from, m.rows, cols, m.stride };
}

static void product(enum CBLAS_TRANSPOSE turn_a, enum CBLAS_TRANSPOSE turn_b, int inner,
                    float times, struct matrix a, struct matrix b, float keep, struct matrix c)
{
    if (c.rows && c.cols)
        cblas_sgemm(CblasRowMajor, turn_a, turn_b, c.rows, c.cols, inner, times, a.v, a.stride, b.v,
                    b.stride, keep, c.v, c.stride);
}

void matrix_nn(float times, struct matrix a, struct matrix b, float keep, struct matrix c)
{
    assert(a.cols == b.rows && a.rows == c.rows && b.cols == c.cols);
    product(CblasNoTrans, CblasNoTrans, a.cols, times, a, b, keep, c);
}

void matrix_nt(float times, struct matrix a, struct matrix b, float keep, struct matrix c)
{
    assert(a.cols == b.cols && a.rows == c.rows && b.rows == c.cols);
    product(CblasNoTrans, CblasTrans, a.cols, times, a, b, keep, c);
}

void matrix_tn(float times, struct matrix a, struct matrix b, float keep, struct matrix c)
{
    assert(a.rows == b.rows && a.cols == c.rows && b.cols == c.cols);
    product(CblasTrans, CblasNoTrans, a.rows, times, a, b, keep, c);
}

void matrix_start(void)
{
#ifdef RLAB_OPENBLAS
    openblas_set_num_threads(1);
#endif
}
