static int do_fsync(struct actor *me, const char *call, struct file *file)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return finish(me, r, fsync(file->fd) < 0);
}
