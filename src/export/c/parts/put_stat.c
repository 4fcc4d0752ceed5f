/* What a stat says, as far as POSIX says what it must be: nothing of the size and the link count of a
 * directory. Files of the start that are never gone are known by their inode number. */
static void put_stat(struct text *text, const struct stat *st)
{
    const char *kind = S_ISREG(st->st_mode)   ? "file"
                       : S_ISDIR(st->st_mode) ? "directory"
                       : S_ISLNK(st->st_mode) ? "symlink"
                                              : "something else";

    put(text, "%s", kind);
    if (!S_ISDIR(st->st_mode))
        put(text, " %lld B", (long long)st->st_size);
    put(text, " %04o", (unsigned)(st->st_mode & 0777));
    if (!S_ISDIR(st->st_mode))
        put(text, " %lu %s", (unsigned long)st->st_nlink, st->st_nlink == 1 ? "link" : "links");
    put_identity(text, st);
}
