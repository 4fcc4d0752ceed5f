static int do_pread(struct actor *me, const char *call, struct file *file, size_t len, off_t at)
{
    struct result *r;
    char *to;
    ssize_t got;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    to = room(me, r, len);
    got = pread(file->fd, to, len, at);
    err = finish(me, r, got < 0);
    r->kind = BYTES;
    r->value = got;
    r->asked = (long long)len;
    r->at = at;
    return err;
}
