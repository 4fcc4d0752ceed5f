static int do_pwrite(struct actor *me, const char *call, struct file *file, const void *bytes,
                     size_t len, off_t at)
{
    struct result *r;
    ssize_t put;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    put = pwrite(file->fd, bytes, len, at);
    err = finish(me, r, put < 0);
    r->kind = WROTE;
    r->value = put;
    r->asked = (long long)len;
    return fell_short(r, file) ? (r->err = ENOSPC) : err;
}
