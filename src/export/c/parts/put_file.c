/* Puts a new descriptor into a file, closing what was in it. */
static void put_file(struct file *file, int fd, long long at)
{
    struct file fresh = CLOSED;

    if (file->fd >= 0)
        close(file->fd);
    *file = fresh;
    file->fd = fd;
    file->at = at;
}
