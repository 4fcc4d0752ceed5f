static int do_fstat(struct actor *me, const char *call, struct file *file)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    r->kind = STAT;
    return finish(me, r, fstat(file->fd, &r->st) < 0);
}
