static int do_write(struct actor *me, const char *call, struct file *file, const void *bytes,
                    size_t len)
{
    struct result *r;
    ssize_t put;
    int err;

    if (file->fd < 0)
        return not_called(me, call);
    r = begin(me, call, 1);
    put = write(file->fd, bytes, len);
    err = finish(me, r, put < 0);
    r->kind = WROTE;
    r->value = put;
    r->asked = (long long)len;
    if (put > 0 && file->at >= 0)
        file->at += put;
    return fell_short(r, file) ? (r->err = ENOSPC) : err;
}
