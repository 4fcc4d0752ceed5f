static int do_futimens(struct actor *me, const char *call, struct file *file)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return finish(me, r, futimens(file->fd, NULL) < 0);
}
