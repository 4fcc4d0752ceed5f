/* Opens the directory of a round as soon as its client shows it. */
static int open_round(struct actor *me)
{
    long long since = now();
    int fd;

    while ((fd = open(me->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        if (CLIENTS == 1 || (errno != ENOENT && errno != ESTALE) || now() - since > 10000000000LL)
            return -1;
        STORE(me->tries, me->tries + 1); /* so that this is no standstill */
        do_sleep(200000);
    }
    return fd;
}

/* Goes into the directory of a round, ready to start. */
static void enter(struct actor *me, int index, long long round)
{
    pin(index, round);
    snprintf(me->where, sizeof me->where, "%.900s/round-%lld", client_of(index), round);
    me->root = open_round(me);
    if (me->root < 0)
        failed("the directory of a round");
    take_shared(me, index);
    me->count = 0;
    me->used = 0;
    me->cut = 0;
    STORE(me->entered, round);
}

/* Does the steps of an actor once, from the common moment and its offset on. */
static void run_actor(struct actor *me, int index, long long round)
{
    long long start;

    wait_until(shared->moment + shared->offset[index]);
    start = now();
    if (me->root >= 0)
        steps_of[index](me);
    me->took = now() - start;
    STORE(me->done, round);
    if (me->root >= 0)
        close(me->root);
    STORE(me->arrived, round);
}

/* An actor that does every round that the leader opens. */
static void *follow(void *which)
{
    int index = *(int *)which;
    struct actor *me = &shared->actors[index];
    long long round, open, since;

    for (round = 1;; round++) {
        for (since = 0; (open = LOAD(shared->open)) < round;)
            rest(&since);
        if (open == FOREVER)
            return NULL;
        enter(me, index, round);
        for (since = 0; LOAD(shared->start) < round;)
            rest(&since);
        run_actor(me, index, round);
    }
}
