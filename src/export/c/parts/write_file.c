static int make_file(int root, const char *path, const void *bytes, size_t len)
{
    int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    ssize_t put = fd < 0 ? -1 : write(fd, bytes, len);

    if (fd < 0 || close(fd) < 0 || put < 0)
        return failed(path), -1;
    if ((size_t)put < len)
        return errno = ENOSPC, failed(path), -1;
    return 0;
}
