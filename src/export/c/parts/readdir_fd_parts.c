/* From the start again, through a descriptor that is open. */
static int do_readdir_fd_parts(struct actor *me, const char *call, struct file *file, long asked, int seek)
{
    struct result *r;
    int fd;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    fd = lseek(file->fd, 0, SEEK_SET) < 0 ? -1 : fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    return scan_parts(me, r, fd, asked, seek);
}
