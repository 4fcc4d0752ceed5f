/* What a stat may say; NULL is anything. Of each: how bad it is if it says something else. */
struct may_stat {
    const long long *modes, *sizes, *links;
    const char *mode_class, *size_class, *links_class;
};

static void expect_stat(struct actor *me, int step, int err, const struct may_stat *may)
{
    const struct stat *st = &me->last->st;
    long long mode = st->st_mode & (S_IFMT | 0777);
    long long links = (long long)st->st_nlink < 7 ? (long long)st->st_nlink : 7;

    if (err != 0)
        return;
    if (may->modes != NULL && !one_of(mode, may->modes))
        anomaly(me, step, "forbidden-outcome", may->mode_class, "mode %llo", mode);
    if (may->sizes != NULL && !S_ISDIR(st->st_mode) && !one_of((long long)st->st_size, may->sizes))
        anomaly(me, step, "torn-size", may->size_class, "size %lld", (long long)st->st_size);
    if (may->links != NULL && !one_of(links, may->links))
        anomaly(me, step, "nlink-wrong", may->links_class, "%lu links", (unsigned long)st->st_nlink);
}
