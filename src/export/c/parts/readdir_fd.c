/* From the start again, through a descriptor that is open. */
static int do_readdir_fd(struct actor *me, const char *call, struct file *file)
{
    struct result *r;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    return scan(me, r, fcntl(file->fd, F_DUPFD_CLOEXEC, 0));
}
