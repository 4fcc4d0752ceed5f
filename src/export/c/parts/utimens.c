static int do_utimens(struct actor *me, const char *call, int at, const char *path)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, utimensat(at, path, NULL, 0) < 0);
}
