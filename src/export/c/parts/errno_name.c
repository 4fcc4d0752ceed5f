static const char *errno_name(int err)
{
#define NAME(e) { e, #e }
    static const struct { int err; const char *name; } names[] = {
        NAME(EACCES), NAME(EAGAIN), NAME(EBADF), NAME(EBUSY), NAME(EDEADLK), NAME(EDQUOT),
        NAME(EEXIST), NAME(EFBIG), NAME(EINTR), NAME(EINVAL), NAME(EIO), NAME(EISDIR),
        NAME(ELOOP), NAME(EMFILE), NAME(EMLINK), NAME(ENAMETOOLONG), NAME(ENFILE), NAME(ENODEV),
        NAME(ENOENT), NAME(ENOLCK), NAME(ENOMEM), NAME(ENOSPC), NAME(ENOSYS), NAME(ENOTCONN),
        NAME(ENOTDIR), NAME(ENOTEMPTY), NAME(EOPNOTSUPP), NAME(ENOTTY), NAME(ENXIO),
        NAME(EOVERFLOW), NAME(EPERM), NAME(EROFS), NAME(ESPIPE), NAME(ESTALE), NAME(ETIMEDOUT),
        NAME(ETXTBSY), NAME(EXDEV),
#if ENOTSUP != EOPNOTSUPP
        NAME(ENOTSUP),
#endif
    };
    static char other[32];
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].err == err)
            return names[i].name;
    snprintf(other, sizeof other, "errno %d", err);
    return other;
#undef NAME
}
