/* The calls of one round, by the time at which they began. */
static void print_timeline(const struct actor *actors)
{
    static char line[LINE];
    int next[ACTORS] = { 0 }, i, who;
    long long zero = 0;
    const struct result *r;
    struct text text;

    for (i = 0; i < ACTORS; i++)
        for (who = 0; who < actors[i].count; who++)
            if (zero == 0 || actors[i].results[who].start < zero)
                zero = actors[i].results[who].start;
    printf("    %10s %9s  %-12s %s\n", "from us", "to us", "actor", "call");
    for (;;) {
        for (who = -1, i = 0; i < ACTORS; i++)
            if (next[i] < actors[i].count &&
                (who < 0 || actors[i].results[next[i]].start < actors[who].results[next[who]].start))
                who = i;
        if (who < 0)
            return;
        r = &actors[who].results[next[who]++];
        text.to = line;
        text.left = sizeof line;
        put_result(&text, &actors[who], r);
        printf("    %10.2f %9.2f  %-12s %s = %s\n", (double)(r->start - zero) / 1e3,
               (double)(r->end - zero) / 1e3, name_of[who], r->call, strchr(line, ' ') + 1);
    }
}

/* What differs from the nearest outcome that is allowed; returns whether it is what POSIX rules out and
 * many systems show all the same: a read that mixes what was written meanwhile, fields of a stat that are
 * changed meanwhile, or a scan of names that come and go meanwhile, if such scans are asked about.
 * Without `fsrace` it can only be told by its looks. */
static int print_difference(const struct wrong *wrong)
{
    const char *a, *b;
    int i, unspecified = wrong->raced > 0, any = 0, seen, mixes;
    size_t m, n;

    for (i = 0; i <= ACTORS; i++) {
        a = wrong->lines[i];
        b = allowed[wrong->at].lines[i];
        while (*a != '\0' || *b != '\0') {
            m = strstr(a, "; ") ? (size_t)(strstr(a, "; ") - a) : strlen(a);
            n = strstr(b, "; ") ? (size_t)(strstr(b, "; ") - b) : strlen(b);
            if (m != n || memcmp(a, b, m) != 0) {
                printf("  %s: `%.*s`, where the nearest outcome that is allowed has `%.*s`\n",
                       i < ACTORS ? name_of[i] : "left", (int)m, a, (int)n, b);
                mixes = strstr(a, " + ") != NULL && strstr(a, " + ") < a + m &&
                        (strstr(a, "zero B") == NULL || strstr(a, "zero B") > a + m);
                seen = i < ACTORS && n > 0 &&
                       (((strncmp(a, "read ", 5) == 0 || strncmp(a, "pread ", 6) == 0) && mixes) ||
                        ((strncmp(a, "stat file", 9) == 0 || strncmp(a, "fstat file", 10) == 0 ||
                          strncmp(a, "lstat file", 10) == 0) && strncmp(b, a, 9) == 0) ||
                        (LIVE_SCANS && strncmp(a, "readdir ", 8) == 0 && strncmp(b, a, 8) == 0));
                unspecified &= seen;
                any = 1;
            }
            a += a[m] == ';' ? m + 2 : m;
            b += b[n] == ';' ? n + 2 : n;
        }
    }
    if (!any)
        printf("  every result is allowed, but not when the calls ran in this order\n");
    return any && unspecified;
}

static int report(void)
{
    long long wrongs = shared->others, raced = 0;
    int i, j, different = 0;

    for (i = 0; i < shared->wrongs; i++) {
        wrongs += shared->wrong[i].count;
        raced += shared->wrong[i].raced;
    }
    for (i = 0; i < ALLOWED; i++)
        different += shared->seen[i] > 0;
    for (i = 0; i < OPTIONAL; i++)
        if (shared->tried[i] > 0 && shared->lacking[i] == shared->tried[i]) {
            printf("%s: this system or filesystem does not have `%s`\n", PROGRAM, call_of[i]);
            return CANNOT_RUN;
        }
    if (wrongs > 0) {
        printf("%s: ANOMALY, ", PROGRAM);
        print_rate(wrongs, shared->rounds);
        printf(" rounds\n");
        for (i = 0; i < shared->wrongs; i++) {
            printf("%lld times, which no order of the calls explains:\n", shared->wrong[i].count);
            for (j = 0; j <= ACTORS; j++)
                printf("    %-12s %s\n", j < ACTORS ? name_of[j] : "left", shared->wrong[i].lines[j]);
            printf("  class: %s\n", print_difference(&shared->wrong[i]) ? "unspecified" : "forbidden");
            if (i == 0) {
                printf("  the first time:\n");
                print_timeline(shared->wrong[i].actors);
            }
        }
        if (shared->others > 0)
            printf("%lld times, and in other ways\n", shared->others);
        if (raced == 0 && shared->others == 0)
            printf("  It is no race: no two calls ran at the same time when it was seen.\n");
    } else {
        printf("%s: nothing seen, ", PROGRAM);
        print_rate(0, shared->rounds);
        printf(" rounds; %d of the %d allowed outcomes\n", different, ALLOWED);
    }
    printf("calls ran at the same time in %lld of %lld rounds\n", shared->overlapped, shared->rounds);
    if (shared->short_of_room > 0)
        printf("in %lld rounds the machine or the target ran short: they were not judged\n",
               shared->short_of_room);
    if (shared->too_many_names > 0)
        printf("in %lld rounds a scan had more names than there is room for: they were not judged\n",
               shared->too_many_names);
    if (shared->failed != 0)
        printf("%s could not be made, or is not shown: %s\n", shared->failed_at,
               errno_name(shared->failed));
    if (wrongs > 0)
        return ANOMALY;
    if (shared->rounds == 0 && shared->too_many_names == 0 && shared->short_of_room == 0)
        return CANNOT_RUN;
    return shared->failed != 0 || shared->short_of_room > 0 || shared->too_many_names > 0 ||
                   (ACTORS > 1 && shared->overlapped == 0)
               ? INCONCLUSIVE : 0;
}
