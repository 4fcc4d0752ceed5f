static int do_ftruncate(struct actor *me, const char *call, struct file *file, off_t size)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return finish(me, r, ftruncate(file->fd, size) < 0);
}
