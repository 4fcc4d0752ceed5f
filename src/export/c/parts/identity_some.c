static void put_identity(struct text *text, const struct stat *st)
{
    int i;

    if (st->st_ino == 0) {
        put(text, " inode 0");
        return;
    }
    for (i = 0; i < KNOWN; i++)
        if (shared->known[i] == st->st_ino) {
            put(text, " [");
            put_name(text, known[i]);
            put(text, "]");
            return;
        }
}
