/* Names that nobody touches: a scan must report each of them once. */
static void expect_names(struct actor *me, int step, int err, const char *const *names)
{
    const char *seen;
    long long i;
    int times;

    if (me->last->value == TOO_MANY)
        return;
    for (; err == 0 && *names != NULL; names++) {
        for (times = 0, seen = me->room, i = 0; i < me->last->value; i++, seen += strlen(seen) + 1)
            times += strcmp(seen, *names) == 0;
        if (times == 0)
            anomaly(me, step, "missing-name", "forbidden", "%lld names, without %s", me->last->value,
                    *names);
        if (times > 1)
            anomaly(me, step, "duplicate-name", "forbidden", "%lld names, %s twice", me->last->value,
                    *names);
    }
}
