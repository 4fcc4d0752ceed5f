/* The last calls of all actors, as they were when something was seen. */
static void print_timeline(const struct wrong *wrong, int by)
{
    unsigned long long next[ACTORS];
    const struct result *r, *best;
    long long zero;
    int i, who;

    for (i = 0; i < ACTORS; i++)
        next[i] = wrong->counts[i] > RING - 1 ? wrong->counts[i] - (RING - 1) : 0;
    zero = wrong->rings[by][(wrong->counts[by] - 1) % RING].start;
    printf("    %10s %9s  %-12s %s\n", "from us", "to us", "actor", "call");
    for (;;) {
        for (who = -1, best = NULL, i = 0; i < ACTORS; i++) {
            r = &wrong->rings[i][next[i] % RING];
            if (next[i] < wrong->counts[i] && (best == NULL || r->start < best->start)) {
                who = i;
                best = r;
            }
        }
        if (who < 0)
            return;
        next[who]++;
        printf("    %10.2f ", (double)(best->start - zero) / 1e3);
        if (best->end < best->start)
            printf("%9s  %-12s %s has not returned\n", "...", name_of[who], best->call);
        else
            printf("%9.2f  %-12s %s = %s\n", (double)(best->end - zero) / 1e3, name_of[who], best->call,
                   best->err == NOT_CALLED ? "not called" : best->err ? errno_name(best->err) : "ok");
    }
}

/* Whether it is wrong whatever has happened before: what can be told without that, and what had been seen
 * before any call failed so that what follows is not known. */
static int is_sure(const struct wrong *wrong, int by, long long unsure_since)
{
    static const char *const always[] = { "zero-inode-fd", "einval-write", "dead-descriptor",
        "missing-name", "duplicate-name", "identity-changed" };
    size_t i;

    for (i = 0; i < sizeof always / sizeof always[0]; i++)
        if (strcmp(wrong->code, always[i]) == 0)
            return 1;
    return wrong->rings[by][(wrong->counts[by] - 1) % RING].end < unsure_since;
}

/* Prints all that was seen. */
static void print_wrongs(long long unsure_since)
{
    int i, j;

    for (i = 0; i < ACTORS; i++)
        for (j = 0; j < shared->actors[i].wrongs; j++) {
            const struct wrong *wrong = &shared->actors[i].wrong[j];

            printf("%s, %s%s: ", wrong->code, wrong->class,
                   is_sure(wrong, i, unsure_since) ? "" : " (if it is wrong, see below)");
            print_rate(wrong->count, shared->actors[i].runs[wrong->step]);
            printf("\n  %s, `%s`: %s; the first time:\n", name_of[i], wrong->call, wrong->what);
            print_timeline(wrong, i);
        }
}

static int report(void)
{
    int i, j, wrongs = 0, sure = 0, unsure = -1, lacks = 0;
    long long calls = 0, looks = 0, together = 0, cut = 0, unsure_since = LLONG_MAX;

    for (i = 0; i < ACTORS; i++) {
        wrongs += shared->actors[i].wrongs;
        calls += (long long)shared->actors[i].count;
        cut += shared->actors[i].cut;
        looks += shared->actors[i].looks;
        together += shared->actors[i].together;
        if (shared->actors[i].unsure != NULL && shared->actors[i].unsure_since < unsure_since) {
            unsure = i;
            unsure_since = shared->actors[i].unsure_since;
        }
    }
    for (i = 0; i < ACTORS; i++)
        for (j = 0; j < shared->actors[i].wrongs; j++)
            sure += is_sure(&shared->actors[i].wrong[j], i, unsure_since);
    printf("%s: %s, %lld calls\n", PROGRAM,
           sure > 0 ? "ANOMALY" : wrongs > 0 ? "nothing seen that is sure to be wrong" : "nothing seen",
           calls);
    print_wrongs(unsure_since);
    if (unsure >= 0)
        printf("%s, `%s` gave %s: what happens after that is not known to be wrong\n", name_of[unsure],
               shared->actors[unsure].unsure, errno_name(shared->actors[unsure].unsure_err));
    for (i = 0; i < OPTIONAL; i++)
        if (shared->tried[i] > 0 && shared->lacking[i] == shared->tried[i]) {
            lacks = 1;
            printf("this system or filesystem does not have `%s`\n", call_of[i]);
        }
    if (cut > 0)
        printf("%lld scans had more names than there is room for: nothing is said of them\n", cut);
    printf("two actors were inside of calls in %lld of %lld looks\n", together, looks);
    if (shared->failed != 0)
        printf("%s could not be made: %s\n", shared->failed_at, errno_name(shared->failed));
    if (sure > 0)
        return ANOMALY;
    if (lacks || shared->failed != 0)
        return CANNOT_RUN;
    return unsure >= 0 || cut > 0 || (ACTORS > 1 && together == 0) ? INCONCLUSIVE : 0;
}
