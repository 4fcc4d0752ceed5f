static int do_link(struct actor *me, const char *call, int at, const char *from, const char *to)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, linkat(at, from, me->root, to, 0) < 0);
}
