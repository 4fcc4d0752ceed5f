/* Whether a write moved less than it was asked for because there may be no room for more, or a limit on the
 * size of files: the next one would say ENOSPC or EFBIG. */
static int fell_short(const struct result *r, const struct file *file)
{
    struct statvfs fs;
    struct rlimit limit;

    if (r->err != 0 || r->value >= r->asked)
        return 0;
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != RLIM_INFINITY)
        return 1;
    return fstatvfs(file->fd, &fs) < 0 || (long long)fs.f_bavail * (long long)fs.f_frsize < 64LL << 20;
}
