/* Has the kernel ask the server about a name that another client may have changed: before it makes a
 * file that must not be there yet, it has to. */
static void look_anew(int directory, const char *name)
{
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
#ifdef AT_STATX_FORCE_SYNC
    struct statx st;
#endif

    if (fd >= 0) { /* it was gone after all */
        close(fd);
        unlinkat(directory, name, 0);
    }
#ifdef AT_STATX_FORCE_SYNC
    (void)!statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st);
#endif
}

/* Has it ask about a directory before that is listed, so that a list of old is dropped. */
static void list_anew(int directory)
{
#ifdef AT_STATX_FORCE_SYNC
    struct statx st;

    (void)!statx(directory, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st);
#else
    (void)directory;
#endif
}
