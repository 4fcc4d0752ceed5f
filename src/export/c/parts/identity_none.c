static void put_identity(struct text *text, const struct stat *st)
{
    if (st->st_ino == 0)
        put(text, " inode 0");
}
