static int do_readdir_parts(struct actor *me, const char *call, int at, const char *path, long asked, int seek)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return scan_parts(me, r, openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), asked, seek);
}
