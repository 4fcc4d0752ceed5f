/* Has an actor keep its descriptors, and with them its locks, until all have done their steps. */
static void linger(struct actor *me)
{
    int i, looks = 0;

    STORE(me->done, LOAD(shared->open));
    for (i = 0; i < ACTORS; i++)
        while (LOAD(shared->actors[i].done) < me->done)
            rest(&looks);
}
