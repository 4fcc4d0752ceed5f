/* Notes that a call begins. The last RING calls of every actor are kept for the example. */
static struct result *begin(struct actor *me, const char *call, int on_descriptor)
{
    struct result *r = &me->results[me->count++ % RING];

    r->call = call;
    r->on_descriptor = on_descriptor;
    r->err = 0;
    r->kind = PLAIN;
    r->value = 0;
    me->last = r;
    r->start = now();
    STORE(me->since, r->start);
    STORE(me->busy, call);
    return r;
}

/* Notes that it has returned; gives its errno, 0 for success. */
static int finish(struct actor *me, struct result *r, int failed)
{
    r->end = now();
    r->err = failed ? errno : 0;
    STORE(me->busy, NULL);
    return r->err;
}
