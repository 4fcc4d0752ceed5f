/* Both descriptors now move one offset, so that neither knows where it stands. */
static int do_dup(struct actor *me, const char *call, struct file *from, struct file *to)
{
    struct result *r;
    int fd, err;

    if (from->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
    err = finish(me, r, fd < 0);
    if (fd >= 0) {
        from->at = -1;
        put_file(me, to, fd, -1);
    }
    return err;
}
