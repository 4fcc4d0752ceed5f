/* With AT_REMOVEDIR, rmdir. */
static int do_unlink(struct actor *me, const char *call, int at, const char *path, int flags)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, unlinkat(at, path, flags) < 0);
}
