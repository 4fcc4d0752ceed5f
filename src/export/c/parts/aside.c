/* Notes what an actor is in beside its steps, which may hang as well; NULL: it is out of it. */
static void aside(struct actor *me, const char *what)
{
    STORE(me->since, now());
    STORE(me->busy, what);
}
