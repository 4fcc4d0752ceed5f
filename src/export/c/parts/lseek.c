static int do_lseek(struct actor *me, const char *call, struct file *file, off_t offset, int whence)
{
    struct result *r;
    off_t to;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    to = lseek(file->fd, offset, whence);
    err = finish(me, r, to < 0);
    r->kind = MOVED_TO;
    r->value = to;
    if (to >= 0 && file->at >= 0)
        file->at = to;
    return err;
}
