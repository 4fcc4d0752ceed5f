/* Reads a directory to its end and closes it; the names stand one after the other in the room. Where there
 * are more than it holds, nothing is to be said of the scan. */
static int scan(struct actor *me, struct result *r, int fd)
{
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    char *to = room(me, r, NAMES_ROOM);
    struct dirent *entry = NULL;
    size_t used = 0;
    int failed = directory == NULL, err;

    r->kind = NAMES;
    r->value = 0;
    if (directory != NULL) {
        rewinddir(directory);
        while (errno = 0, (entry = readdir(directory)) != NULL)
            add_name(r, to, &used, entry->d_name);
        failed = errno != 0;
    }
    me->cut += r->value == TOO_MANY;
    err = finish(me, r, failed);
    aside(me, "closedir");
    if (directory != NULL)
        closedir(directory);
    else if (fd >= 0)
        close(fd);
    aside(me, NULL);
    return err;
}
