static int do_open(struct actor *me, const char *call, struct file *file, int at, const char *path,
                   int flags, int mode)
{
    struct result *r;
    int fd, err;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    fd = openat(at, path, flags | O_CLOEXEC, mode);
    err = finish(me, r, fd < 0);
    if (fd >= 0)
        put_file(me, file, fd, flags & O_APPEND ? -1 : 0);
    return err;
}
