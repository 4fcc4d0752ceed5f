static int do_close(struct actor *me, const char *call, struct file *file)
{
    struct result *r;
    int fd = file->fd;

    if (fd < 0)
        return not_called(me, call);
    file->fd = -1;
    r = begin(me, call, 1);
    return finish(me, r, close(fd) < 0);
}
