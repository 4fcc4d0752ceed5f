#ifndef F_OFD_SETLK /* locks that belong to the open file description */
#define F_OFD_SETLK -1
#define F_OFD_SETLKW -1
#endif
static int do_lock(struct actor *me, const char *call, struct file *file, int command, short type,
                   off_t start, off_t len)
{
    struct flock lock;
    struct result *r;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    memset(&lock, 0, sizeof lock);
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = len;
    r = begin(me, call, 1);
    STORE(me->waits, command == F_SETLKW || command == F_OFD_SETLKW);
    if (command < 0)
        err = (errno = ENOTSUP, finish(me, r, 1));
    else
        err = finish(me, r, fcntl(file->fd, command, &lock) < 0);
    STORE(me->waits, 0);
    return err;
}
