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

static int report(void)
{
    int i, j, wrongs = 0, unsure = -1;
    long long calls = 0, looks = 0, together = 0, cut = 0;

    for (i = 0; i < ACTORS; i++) {
        wrongs += shared->actors[i].wrongs;
        calls += (long long)shared->actors[i].count;
        cut += shared->actors[i].cut;
        looks += shared->actors[i].looks;
        together += shared->actors[i].together;
        if (shared->actors[i].unsure != NULL)
            unsure = i;
    }
    for (i = 0; i < OPTIONAL; i++)
        if (shared->tried[i] > 0 && shared->lacking[i] == shared->tried[i]) {
            printf("%s: this system or filesystem does not have `%s`\n", PROGRAM, call_of[i]);
            return CANNOT_RUN;
        }
    if (unsure >= 0)
        printf("%s: %s, `%s` gave %s: what happens after that is not known to be wrong\n", PROGRAM,
               name_of[unsure], shared->actors[unsure].unsure,
               errno_name(shared->actors[unsure].unsure_err));
    printf("%s: %s, %lld calls\n", PROGRAM, wrongs > 0 ? "ANOMALY" : "nothing seen", calls);
    for (i = 0; i < ACTORS; i++)
        for (j = 0; j < shared->actors[i].wrongs; j++) {
            const struct wrong *wrong = &shared->actors[i].wrong[j];

            printf("%s, %s: ", wrong->code, wrong->class);
            print_rate(wrong->count, shared->actors[i].runs[wrong->step]);
            printf("\n  %s, `%s`: %s; the first time:\n", name_of[i], wrong->call, wrong->what);
            print_timeline(wrong, i);
        }
    if (cut > 0)
        printf("%lld scans had more names than there is room for: nothing is said of them\n", cut);
    printf("two actors were inside of calls in %lld of %lld looks\n", together, looks);
    if (shared->failed != 0) {
        printf("%s could not be made: %s\n", shared->failed_at, errno_name(shared->failed));
        return CANNOT_RUN;
    }
    if (unsure >= 0)
        return INCONCLUSIVE;
    if (wrongs > 0)
        return ANOMALY;
    return cut > 0 || (ACTORS > 1 && together == 0) ? INCONCLUSIVE : 0;
}
