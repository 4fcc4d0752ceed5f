/* With AT_SYMLINK_NOFOLLOW, lstat. */
static int do_stat(struct actor *me, const char *call, int at, const char *path, int flags)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    r->kind = STAT;
    return finish(me, r, fstatat(at, path, &r->st, flags) < 0);
}
