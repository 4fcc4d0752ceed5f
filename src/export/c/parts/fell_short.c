/* Whether a write moved less than it was asked for because there may be no room for more: the next
 * one would say ENOSPC. */
static int fell_short(const struct result *r, const struct file *file)
{
    struct statvfs fs;

    if (r->err != 0 || r->value >= r->asked)
        return 0;
    return fstatvfs(file->fd, &fs) < 0 || (long long)fs.f_bavail * (long long)fs.f_frsize < 64LL << 20;
}
