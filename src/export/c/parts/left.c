/* A name that is left when all actors are done. */
struct left {
    char path[1024];
    struct stat st;
    int err; /* of looking at it */
};
static struct left left[NAMES_LEFT];
static int names_left;

/* Finds everything beneath a directory. */
static void list(int fd, const char *prefix)
{
    struct dirent *entry;
    struct left *one;
    DIR *directory;
    int below;

    list_anew(fd);
    directory = fdopendir(fd);
    if (directory == NULL) {
        close(fd);
        return;
    }
    while ((entry = readdir(directory)) != NULL && names_left < NAMES_LEFT) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        one = &left[names_left++];
        snprintf(one->path, sizeof one->path, "%s%.255s", prefix, entry->d_name);
        look_anew(fd, entry->d_name);
        one->err = fstatat(fd, entry->d_name, &one->st, AT_SYMLINK_NOFOLLOW) < 0 ? errno : 0;
        if (one->err == 0 && S_ISDIR(one->st.st_mode)) {
            char path[1024];

            snprintf(path, sizeof path, "%.1000s/", one->path);
            if ((one->st.st_mode & 0700) != 0700)
                fchmodat(fd, entry->d_name, 0700, 0);
            below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below >= 0)
                list(below, path);
        }
    }
    closedir(directory);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct left *)a)->path, ((const struct left *)b)->path);
}

/* What is in a file that is left. */
static void put_content(struct text *text, int root, const struct left *one)
{
    static unsigned char *bytes;
    static size_t room;
    size_t len = 0;
    ssize_t got = 0;
    int fd;

    if ((one->st.st_mode & 0400) == 0)
        fchmodat(root, one->path, 0600, 0);
    fd = openat(root, one->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        put(text, "%s", errno_name(errno));
        return;
    }
    for (;;) {
        if (len == room) {
            unsigned char *more = realloc(bytes, room = room * 2 + 65536);

            if (more == NULL)
                exit(3);
            bytes = more;
        }
        got = read(fd, bytes + len, room - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    if (got < 0) {
        put(text, "%s", errno_name(errno));
        return;
    }
    put_bytes(text, bytes, len, 0);
    if ((long long)one->st.st_size != (long long)len)
        put(text, " size %lld", (long long)one->st.st_size);
}

/* The tree beneath a directory, in one line: each name, what it is, and what is not as usual of it (a
 * mode, a link count that is not the number of its names, [x] for the file that was x at the start). */
static void put_left(struct text *text, int root)
{
    int i, j, first, names, fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char target[LINK_ROOM];
    ssize_t len;

    names_left = 0;
    if (fd >= 0)
        list(fd, "");
    if (names_left == 0)
        put(text, "nothing");
    qsort(left, (size_t)names_left, sizeof left[0], by_path);
    for (i = 0; i < names_left; i++) {
        const struct stat *st = &left[i].st;

        put(text, "%s", i > 0 ? "; " : "");
        put_name(text, left[i].path);
        if (left[i].err != 0) {
            put(text, ": %s", errno_name(left[i].err));
            continue;
        }
        for (first = -1, names = 0, j = 0; j < names_left; j++)
            if (left[j].err == 0 && left[j].st.st_ino == st->st_ino) {
                first = first < 0 ? j : first;
                names++;
            }
        if (first != i) {
            put(text, " is ");
            put_name(text, left[first].path);
            continue;
        }
        if (S_ISDIR(st->st_mode)) {
            put(text, "/");
        } else if (S_ISLNK(st->st_mode)) {
            len = readlinkat(root, left[i].path, target, sizeof target);
            put(text, " -> ");
            put_quoted(text, target, len < 0 ? 0 : (size_t)len);
        } else {
            put(text, " = ");
            put_content(text, root, &left[i]);
        }
        if ((st->st_mode & 0777) != (S_ISDIR(st->st_mode) ? 0755u : S_ISLNK(st->st_mode) ? 0777u : 0644u))
            put(text, " mode %04o", (unsigned)(st->st_mode & 0777));
        if (!S_ISDIR(st->st_mode) && (int)st->st_nlink != names)
            put(text, " %lu links", (unsigned long)st->st_nlink);
        put_identity(text, st);
    }
}
