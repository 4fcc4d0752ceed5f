#define ANY -1
#define ALLOWED NULL

/* What is to be said of a read that returns this; the first line that fits counts. */
struct reading {
    int what, item;
    long long size;
    const char *code, *class;
};

static void expect_read(struct actor *me, int step, int err, const long long *likely,
                        const struct reading *readings)
{
    const struct result *r = me->last;
    int what, item = 0;

    /* A read of nothing at another place than the start is the end of the file. */
    if (err != 0 || r->at < 0 || (r->value == 0 && (r->at != 0 || r->asked == 0)))
        return;
    what = (int)classify((const unsigned char *)me->room, r, likely, &item);
    while ((readings->what != ANY && readings->what != what) ||
           (readings->item != ANY && readings->item != item) ||
           (readings->size != ANY && readings->size != known_size(r->value)))
        readings++;
    if (readings->code != ALLOWED)
        anomaly(me, step, readings->code, readings->class, "%lld bytes: %s%s", r->value,
                reads_in_words[what], what == ALL_OF || what == PART_OF ? contents[item].name : "");
}
