/* As scan, in calls that ask for so many bytes of entries each, or for the next entry if it is larger. With
 * `seek`, it seeks to where it is before each further call, as file servers do. */
#ifndef __linux__
#error "This program reads directories with getdents64, which is of Linux."
#endif

struct entry {
    unsigned long long inode;
    long long next;
    unsigned short len;
    unsigned char type;
    char name[];
};

static int scan_parts(struct actor *me, struct result *r, int fd, long asked, int seek)
{
    static const long largest = 280, most = 65536;   /* of an entry, of all of a call */
    union {
        char bytes[65536];
        long long aligned;
    } entries;
    char *to = room(me, r, NAMES_ROOM);
    long now = asked, got = -1, at;
    long long here = -1;
    size_t used = 0;
    int err;

    r->kind = NAMES;
    r->value = 0;
    while (fd >= 0) {
        if (seek && here >= 0)
            lseek(fd, here, SEEK_SET);
        got = syscall(SYS_getdents64, fd, entries.bytes, now);
        if (got < 0 && errno == EINVAL && now < most) {
            now = now < largest ? now + 8 : most;
            continue;
        }
        if (got <= 0)
            break;
        for (at = 0; at < got;) {
            const struct entry *entry = (const void *)(entries.bytes + at);

            add_name(r, to, &used, entry->name);
            here = entry->next;
            at += entry->len;
        }
        now = asked;
    }
    me->cut += r->value == TOO_MANY;
    err = finish(me, r, got < 0);
    aside(me, "close");
    if (fd >= 0)
        close(fd);
    aside(me, NULL);
    return err;
}
