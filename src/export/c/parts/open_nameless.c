/* A file without a name, where there are such. */
static int do_open_nameless(struct actor *me, const char *call, struct file *file, int at,
                            const char *path, int flags, int mode)
{
#ifdef O_TMPFILE
    return do_open(me, call, file, at, path, flags | O_TMPFILE, mode);
#else
    struct result *r;

    if (at < 0)
        return do_open(me, call, file, at, path, flags, mode); /* which does not call it either */
    r = begin(me, call, 0);
    errno = ENOTSUP;
    return finish(me, r, 1);
#endif
}
