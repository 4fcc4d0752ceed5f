static int do_mkdir(struct actor *me, const char *call, int at, const char *path, mode_t mode)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, mkdirat(at, path, mode) < 0);
}
