/* A number below a bound, other ones in each iteration. */
static long long draw(struct actor *me, long long below)
{
    me->seed ^= me->seed << 13;
    me->seed ^= me->seed >> 7;
    me->seed ^= me->seed << 17;
    return (long long)(me->seed % (unsigned long long)below);
}
