/* Has an actor keep its descriptors, and with them its locks, until all have done their steps. */
static void linger(struct actor *me)
{
    long long since = 0;
    int i;

    STORE(me->done, LOAD(shared->open));
    for (i = 0; i < ACTORS; i++)
        while (LOAD(shared->actors[i].done) < me->done)
            rest(&since);
}
