/* Closes what an actor has left open. */
static void leave(struct actor *me, struct file *file)
{
    if (file->fd >= 0) {
        aside(me, "close, after its steps");
        close(file->fd);
        aside(me, NULL);
    }
    file->fd = -1;
}
