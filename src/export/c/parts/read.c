static int do_read(struct actor *me, const char *call, struct file *file, size_t len)
{
    struct result *r;
    char *to;
    ssize_t got;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    to = room(me, r, len);
    got = read(file->fd, to, len);
    err = finish(me, r, got < 0);
    r->kind = BYTES;
    r->value = got;
    r->asked = (long long)len;
    r->at = file->at;
    if (got > 0 && file->at >= 0)
        file->at += got;
    return err;
}
