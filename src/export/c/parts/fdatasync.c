#ifdef __APPLE__
#define fdatasync fsync
#endif
static int do_fdatasync(struct actor *me, const char *call, struct file *file)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return finish(me, r, fdatasync(file->fd) < 0);
}
