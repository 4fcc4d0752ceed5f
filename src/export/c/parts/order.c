/* Moments that are less apart than this may have been the other way round. */
#define CLOCK_ERROR 1000

static int came_before(const struct result *a, const struct result *b)
{
    return a->end + CLOCK_ERROR < b->start;
}

/* Whether the calls can have run in this order: none that had returned before another began comes
 * after it. A is a call of the first actor, B of the second; a...A one that begins at the one place and
 * returns at the other. */
static int can_be(const char *order)
{
    int first[ACTORS][CALLS], last[ACTORS][CALLS], calls[ACTORS] = { 0 }, going[ACTORS] = { 0 };
    int at, who, i, j, a, b;

    for (at = 0; order[at] != '\0'; at++) {
        who = order[at] >= 'a' ? order[at] - 'a' : order[at] - 'A';
        if (!going[who])
            first[who][calls[who]] = at;
        going[who] = order[at] >= 'a';
        if (!going[who])
            last[who][calls[who]++] = at;
    }
    for (i = 0; i < ACTORS; i++)
        for (j = 0; j < ACTORS; j++)
            for (a = 0; i != j && a < calls[i]; a++)
                for (b = 0; b < calls[j]; b++)
                    if (last[i][a] >= first[j][b] &&
                        came_before(&shared->actors[i].results[a], &shared->actors[j].results[b]))
                        return 0;
    return 1;
}

static int in_time(const struct outcome *outcome)
{
    int i;

    for (i = 0; outcome->orders[i] != NULL; i++)
        if (can_be(outcome->orders[i]))
            return 1;
    return 0;
}
