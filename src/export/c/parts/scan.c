/* Reads a directory to its end and closes it; the names stand one after the other in the room. Where there
 * are more than it holds, nothing is to be said of the scan. */
static int scan(struct actor *me, struct result *r, int fd)
{
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    char *to = room(me, r, NAMES_ROOM);
    struct dirent *entry = NULL;
    size_t used = 0, len;
    int failed = directory == NULL, cut = 0, err;

    r->kind = NAMES;
    r->value = 0;
    if (directory != NULL) {
        rewinddir(directory);
        while (errno = 0, (entry = readdir(directory)) != NULL) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            len = strlen(entry->d_name) + 1;
            cut |= used + len > NAMES_ROOM;
            if (cut)
                continue;
            memcpy(to + used, entry->d_name, len);
            used += len;
            r->value++;
        }
        failed = errno != 0;
    }
    if (cut) {
        r->value = TOO_MANY;
        me->cut++;
    }
    err = finish(me, r, failed);
    aside(me, "closedir");
    if (directory != NULL)
        closedir(directory);
    else if (fd >= 0)
        close(fd);
    aside(me, NULL);
    return err;
}
