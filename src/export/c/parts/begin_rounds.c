/* Notes that a call begins. The clock is read last, so that the call is inside of its interval. */
static struct result *begin(struct actor *me, const char *call, int on_descriptor)
{
    struct result *r = &me->results[me->count++];

    r->call = call;
    r->on_descriptor = on_descriptor;
    r->err = 0;
    r->kind = PLAIN;
    STORE(me->busy, call);
    r->start = now();
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
