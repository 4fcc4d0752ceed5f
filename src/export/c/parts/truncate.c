static int do_truncate(struct actor *me, const char *call, const char *path, off_t size)
{
    char full[4096];
    struct result *r;

    snprintf(full, sizeof full, "%s/%s", me->where, path);
    r = begin(me, call, 0);
    return finish(me, r, truncate(full, size) < 0);
}
