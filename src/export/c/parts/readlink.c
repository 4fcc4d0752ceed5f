static int do_readlink(struct actor *me, const char *call, int at, const char *path)
{
    struct result *r;
    char *to;
    ssize_t got;
    int err;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    to = room(me, r, LINK_ROOM);
    got = readlinkat(at, path, to, LINK_ROOM);
    err = finish(me, r, got < 0);
    r->kind = LINK_TEXT;
    r->value = got;
    return err;
}
