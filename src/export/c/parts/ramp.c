/* Data that tells its writer: byte i of what code c writes is 1 + (i + c - 1) % 255, counted from the
 * start of the file. Any two codes differ at every offset, and none writes a zero. */
static unsigned char ramp[LONGEST + 255];

static void make_ramp(void)
{
    size_t i;

    for (i = 0; i < sizeof ramp; i++)
        ramp[i] = (unsigned char)(1 + i % 255);
}

/* What a code writes from an offset on; -1: it does not know its offset, and writes as if at 0. */
static const unsigned char *tagged(long long code, long long at)
{
    return ramp + ((at < 0 ? 0 : at) + code - 1) % 255;
}
