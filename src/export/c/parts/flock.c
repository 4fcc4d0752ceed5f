static int do_flock(struct actor *me, const char *call, struct file *file, int operation)
{
    struct result *r;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    STORE(me->waits, !(operation & LOCK_NB));
    err = finish(me, r, flock(file->fd, operation) < 0);
    STORE(me->waits, 0);
    return err;
}
