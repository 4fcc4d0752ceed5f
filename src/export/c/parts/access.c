static int do_access(struct actor *me, const char *call, int at, const char *path, int what)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, faccessat(at, path, what, 0) < 0);
}
