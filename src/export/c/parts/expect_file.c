/* A descriptor stays on one file, and that has an inode number. */
static void expect_file(struct actor *me, int step, int err, struct file *file)
{
    const struct stat *st = &me->last->st, *first = &file->first;

    if (err != 0)
        return;
    if (st->st_ino == 0)
        anomaly(me, step, "zero-inode-fd", "forbidden", "inode 0, mode %lo, %lu links, size %lld",
                (unsigned long)st->st_mode, (unsigned long)st->st_nlink, (long long)st->st_size);
    if (!file->looked)
        file->first = *st;
    else if (st->st_ino != first->st_ino || st->st_dev != first->st_dev ||
             (st->st_mode & S_IFMT) != (first->st_mode & S_IFMT))
        anomaly(me, step, "identity-changed", "forbidden", "inode %llu, and %llu before",
                (unsigned long long)st->st_ino, (unsigned long long)first->st_ino);
    file->looked = 1;
}
