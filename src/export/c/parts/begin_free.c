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
    int i;

    r->end = now();
    r->err = failed ? errno : 0;
    STORE(me->busy, NULL);
    if (me->count % 17 == 0) { /* now and then: is somebody else inside of a call at this moment? */
        me->looks++;
        for (i = 0; i < ACTORS; i++)
            if (LOAD(shared->actors[i].busy) != NULL)
                break;
        me->together += i < ACTORS;
    }
    return r->err;
}
