/* Puts a new descriptor into a file, closing what was in it. */
static void put_file(struct actor *me, struct file *file, int fd, long long at)
{
    struct file fresh = CLOSED;

    if (file->fd >= 0) {
        aside(me, "close, of what was open before");
        close(file->fd);
        aside(me, NULL);
    }
    *file = fresh;
    file->fd = fd;
    file->at = at;
}
