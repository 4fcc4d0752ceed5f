static int do_fchmod(struct actor *me, const char *call, struct file *file, mode_t mode)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return finish(me, r, fchmod(file->fd, mode) < 0);
}
