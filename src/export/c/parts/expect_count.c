/* How many bytes a read or write may have moved, as the author of the scenario says. */
static void expect_count(struct actor *me, int step, int err, const long long *may)
{
    if (err == 0 && me->last->value >= 0 && !one_of(me->last->value, may))
        anomaly(me, step, "torn-size", "forbidden", "%lld bytes", me->last->value);
}
