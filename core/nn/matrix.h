/* Matrix products over row-major floats, by CBLAS. Shapes are checked (a wrong one is a
 * broken promise of ours and ends the program).
 *
 * Each product runs in the thread that asks for it and in no other: training divides its
 * work itself, and sums in an order that is always the same. */
#ifndef NN_MATRIX_H
#define NN_MATRIX_H

/* A view of rows x cols numbers somewhere else; row i starts at v + i * stride. */
struct matrix {
    float *v;
    int rows, cols, stride;
};

/* A view of contiguous numbers. Operands are only read, so constant ones may be viewed. */
struct matrix matrix_of(const float *v, int rows, int cols);
/* The columns from..from+cols of one. */
struct matrix matrix_cols(struct matrix m, int from, int cols);

/* c = keep · c + times · (a b), with one of the two turned (transposed) or none:
 *   nn  a (m,k)  b (k,n)        nt  a (m,k)  b (n,k)        tn  a (k,m)  b (k,n)
 * c is (m,n). With keep 0 what c held does not matter. */
void matrix_nn(float times, struct matrix a, struct matrix b, float keep, struct matrix c);
void matrix_nt(float times, struct matrix a, struct matrix b, float keep, struct matrix c);
void matrix_tn(float times, struct matrix a, struct matrix b, float keep, struct matrix c);

/* Once before the first product, from one thread: the library is told to use no threads of
 * its own. */
void matrix_start(void);

#endif
