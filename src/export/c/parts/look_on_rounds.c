/* What changes as long as something goes on. */
static long long count_calls(void)
{
    long long count = LOAD(shared->open) + LOAD(shared->rounds);
    int i;

    for (i = 0; i < ACTORS; i++)
        count += LOAD(shared->actors[i].entered) + LOAD(shared->actors[i].tries) + LOAD(shared->actors[i].count) +
                 LOAD(shared->actors[i].arrived);
    return count;
}

/* The call in which an actor hangs, when nothing goes on; NULL if it is in none. */
static const char *hangs_in(int actor)
{
    return LOAD(shared->actors[actor].busy);
}
