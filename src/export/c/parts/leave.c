/* Closes what an actor has left open. */
static void leave(struct file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}
