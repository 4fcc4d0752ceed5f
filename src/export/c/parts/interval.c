/* Without libm. */
static double root(double x)
{
    double r = x > 1 ? x : 1;
    int i;

    for (i = 0; i < 60; i++)
        r = (r + x / r) / 2;
    return r;
}

/* `k in n` with its 95 % interval (Wilson); for nothing seen, the upper bound 3 / n. */
static void print_rate(long long k, long long n)
{
    double p, z = 1.959964, middle, half;

    if (n == 0 || k == 0) {
        printf("%lld in %lld", k, n);
        if (n > 0)
            printf(", at most %.3g %%", n > 3 ? 300.0 / (double)n : 100.0);
        return;
    }
    p = (double)k / (double)n;
    middle = p + z * z / (2.0 * (double)n);
    half = z * root(p * (1 - p) / (double)n + z * z / (4.0 * (double)n * (double)n));
    printf("%lld in %lld (%.3g %% .. %.3g %%)", k, n,
           100 * (middle - half) / (1 + z * z / (double)n),
           100 * (middle + half) / (1 + z * z / (double)n));
}
