/* What changes as long as something goes on: of the actor that has been in one call for longest. */
static long long count_calls(void)
{
    long long oldest = LLONG_MAX, since, when = now();
    int i;

    for (i = 0; i < ACTORS; i++) {
        since = LOAD(shared->actors[i].busy) != NULL ? LOAD(shared->actors[i].since) : when;
        oldest = since < oldest ? since : oldest;
    }
    return oldest;
}

/* The call in which an actor hangs; NULL if it is in none, or has not been for so long. */
static const char *hangs_in(int actor)
{
    struct actor *who = &shared->actors[actor];

    return now() - LOAD(who->since) > HANG_AFTER ? LOAD(who->busy) : NULL;
}
