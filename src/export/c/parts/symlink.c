static int do_symlink(struct actor *me, const char *call, const char *text, int at,
                      const char *path)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, symlinkat(text, at, path) < 0);
}
