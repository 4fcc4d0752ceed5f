static void expect_whole_write(struct actor *me, int step, int err)
{
    if (err == 0 && me->last->value < me->last->asked)
        anomaly(me, step, "short-write", "forbidden", "%lld of %lld bytes", me->last->value,
                me->last->asked);
}
