/*
 * unexpected-errno-open-stale-open-vs-rename: Smallest program that shows unexpected-errno
 * (open-stale), seen by `open`.
 *
 * Written by `fsrace export` from the scenario of that name.
 *
 * What was seen
 *   unexpected-errno (forbidden): reader, `open f f rdonly`: ENOENT
 *   it looks like open-stale
 *   259 in 2,990 (7.7 % .. 9.7 %) on fuse, Linux 6.18.44-fc-v669
 *
 * What it does, many times over, each time in a new directory and with other moments at which the
 * actors begin
 *   at the start: f = "", t = ""
 *   replacer (a thread of process 1): 1. rename t -> f
 *   reader (a thread of process 1): 1. open f f rdonly
 *
 * What must not be seen, and why
 *   POSIX makes each of these calls atomic with respect to the others (XSI 2.9.7), so that what
 *     they return, and what is left, is as if they had run one after the other in some order. Only
 *     one outcome is possible then; they are in the table `allowed`, which comes from a model of
 *     POSIX that tries all orders (and lets a path be resolved step by step, and a scan miss or
 *     double names that change meanwhile, as systems do). A call that had returned before another
 *     began comes before it.
 *
 * How to build and run it
 *   cc -Wall -Wextra -std=c99 -pedantic FILE.c -o repro -lpthread
 *   ./repro [-n ROUNDS] [-d SECONDS] [DIR]
 *   It works in a directory of its own that it makes in DIR (default: the current directory) and
 *     removes at the end. The last lines that it prints are the verdict.
 *   Exit codes: 0 nothing seen; 1 anomaly seen; 2 wrong arguments; 3 it cannot run here; 4
 *     inconclusive (nothing ran at the same time, or the machine ran short).
 */

#define _GNU_SOURCE 1      /* Linux: what is not in POSIX */
#define _DARWIN_C_SOURCE 1 /* macOS: the same; FreeBSD shows all of it anyway */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "unexpected-errno-open-stale-open-vs-rename"
#define COUNTED "ROUNDS"
#define HANG_AFTER 10000000000LL /* ns */

enum { ANOMALY = 1, CANNOT_RUN = 3, INCONCLUSIVE = 4 }; /* exit codes */
enum {
    ACTORS = 2,
    PROCESSES = 1,
    CLIENTS = 1,
    SHARED = 0,
    OPTIONAL = 0,
    NAMES_ROOM = 65536,
    LINK_ROOM = 4096,
    LONGEST = 1,
    CALLS = 1,
    ROOM = 1,
    ALLOWED = 1,
    KNOWN = 1,
    WRONGS = 4,
    LIVE_SCANS = 0,
    LINE = 8192,
    NAMES_LEFT = 68
};

static long long most; /* rounds; 0: any number */
static double seconds = 10;
#define FOREVER LLONG_MAX
#define START_OF(i) ((i) == 0 ? lead : follow)

/* What processes and threads tell each other (C99 has no atomics; gcc and clang have these). */
#define LOAD(x) __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELEASE)

/* Nanoseconds, the same on every processor. */
static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

enum { NOT_CALLED = -1 }; /* in place of an errno: the descriptor that it needs is not open */

/* What one call returned. */
struct result {
    const char *call;    /* the step in words */
    int err;             /* errno, 0 for success, or NOT_CALLED */
    int on_descriptor;   /* the call used a descriptor that was open */
    enum { PLAIN, WROTE, MOVED_TO, BYTES, NAMES, LINK_TEXT, STAT } kind;
    long long value;     /* bytes, names, or the new offset */
    long long asked;     /* bytes that were asked for */
    long long at;        /* offset at which a read began; -1: not known */
    size_t data;         /* where in the actor's room what it returned stands */
    struct stat st;
    long long start, end;
};

struct actor {
    int root;                      /* the directory of the round */
    char where[1024];              /* the same as a path */
    int inherited[SHARED + 1];     /* descriptors that were opened before the start */
    const char *busy;              /* the call that it is in */
    int waits;                     /* ... which may wait for a lock as long as another likes */
    int count;                     /* calls of this round */
    struct result results[CALLS];
    size_t used;
    char room[ROOM];               /* what they returned */
    long long took;                /* nanoseconds, of all its steps */
    long long entered, done, arrived; /* the last round that it has done so of */
};

/* A way to go wrong that has been seen. */
struct wrong {
    long long count, raced;
    int at;                         /* the allowed outcome that is nearest */
    char lines[ACTORS + 1][LINE];
    struct actor actors[ACTORS];    /* as they were the first time */
};

/* What all processes see. */
static struct shared {
    long long open, start;          /* the round that may be entered, and that may begin */
    long long moment, offset[ACTORS];
    int stop;
    int failed;                     /* errno of making the fixture */
    char failed_at[256];
    long long rounds, overlapped, short_of_room, others;
    long long tried[OPTIONAL + 1], lacking[OPTIONAL + 1];
    long long seen[ALLOWED];
    ino_t known[KNOWN + 1];
    int wrongs;
    struct wrong wrong[WRONGS];
    struct actor actors[ACTORS];
} *shared;

static pid_t parent;

/* Notes what of the fixture could not be made. */
static void failed(const char *what)
{
    int err = errno;

    snprintf(shared->failed_at, sizeof shared->failed_at, "%.255s", what);
    STORE(shared->failed, err);
}

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
        NAME(ETXTBSY), NAME(EXDEV)
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

/* Whether an errno tells of the machine, and nothing about the filesystem. */
static int is_machine(int err)
{
    return err == ENOSPC || err == EDQUOT || err == EFBIG || err == ENOMEM || err == EMFILE ||
           err == ENFILE || err == EROFS || err == ENOLCK;
}

/* A descriptor, and its offset as far as its actor knows it; -1: others can have moved it. */
struct file {
    int fd;
    long long at;
};
#define CLOSED { -1, -1 }

/* Notes that a call begins. The clock is read last, so that the call is inside of its interval. */
static struct result *begin(struct actor *me, const char *call, int on_descriptor)
{
    struct result *r = &me->results[me->count++];

    r->call = call;
    r->on_descriptor = on_descriptor;
    r->err = 0;
    r->kind = PLAIN;
    STORE(me->busy, call);
    r->start = now();
    return r;
}

/* Notes that it has returned; gives its errno, 0 for success. */
static int finish(struct actor *me, struct result *r, int failed)
{
    r->end = now();
    r->err = failed ? errno : 0;
    STORE(me->busy, NULL);
    return r->err;
}

/* Notes a call that is not made, because the descriptor that it needs is not open. */
static int not_called(struct actor *me, const char *call)
{
    struct result *r = begin(me, call, 0);

    finish(me, r, 0);
    r->err = NOT_CALLED;
    return NOT_CALLED;
}

/* Puts a new descriptor into a file, closing what was in it. */
static void put_file(struct file *file, int fd, long long at)
{
    struct file fresh = CLOSED;

    if (file->fd >= 0)
        close(file->fd);
    *file = fresh;
    file->fd = fd;
    file->at = at;
}

/* Closes what an actor has left open. */
static void leave(struct file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

static void do_sleep(long long ns)
{
    struct timespec t;

    t.tv_sec = (time_t)(ns / 1000000000);
    t.tv_nsec = (long)(ns % 1000000000);
    nanosleep(&t, NULL);
}

static int do_open(struct actor *me, const char *call, struct file *file, int at, const char *path,
                   int flags, int mode)
{
    struct result *r;
    int fd, err;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    fd = openat(at, path, flags | O_CLOEXEC, mode);
    err = finish(me, r, fd < 0);
    if (fd >= 0)
        put_file(file, fd, flags & O_APPEND ? -1 : 0);
    return err;
}

static int do_rename(struct actor *me, const char *call, int at, const char *from, const char *to)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, renameat(at, from, me->root, to) < 0);
}

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

/* Between two looks at something that another actor changes. At first it keeps its processor, for whoever
 * gives that away on a busy machine is not there when the others are. */
static void rest(long long *since)
{
    static long processors;
    long long moment = now();

    if (processors == 0)
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (*since == 0)
        *since = moment;
    if (processors >= ACTORS && moment - *since < 200000)
        return;
    sched_yield();
    if (getppid() != parent)
        _exit(3); /* nobody is left to report to */
}

/* Waits for the moment at which an actor starts. */
static void wait_until(long long moment)
{
    long long left, since = 0;

    while ((left = moment - now()) > 0)
        if (left > 300000)
            do_sleep(left - 200000);
        else if (left > 20000)
            rest(&since);
}

/* ---------- The actors: what is raced ---------- */

/* What is there at the start. */
static int make_fixture(int root)
{
    struct stat st;

    if (make_file(root, "f", "", 0) < 0)
        return -1;
    if (make_file(root, "t", "", 0) < 0)
        return -1;
    if (fstatat(root, "t", &st, AT_SYMLINK_NOFOLLOW) < 0)
        return failed("t"), -1;
    shared->known[0] = st.st_ino;
    return 0;
}

static void actor_replacer(struct actor *me)
{
    do_rename(me, "rename t -> f", me->root, "t", "f");
}

static void actor_reader(struct actor *me)
{
    struct file fd_f = CLOSED;

    do_open(me, "open f f rdonly", &fd_f, me->root, "f", O_RDONLY, 0644);
    leave(&fd_f);
}

static const char *const name_of[ACTORS] = { "replacer", "reader" };
static const int process_of[ACTORS] = { 0, 0 };
static void (*const steps_of[ACTORS])(struct actor *) = { actor_replacer, actor_reader };
static const char *const call_of[] = { "" };

/* A line that is being written. */
struct text {
    char *to;
    size_t left;
};

static void put(struct text *text, const char *format, ...)
{
    va_list list;
    int len;

    va_start(list, format);
    len = vsnprintf(text->to, text->left, format, list);
    va_end(list);
    if (len < 0 || (size_t)len >= text->left)
        len = text->left > 0 ? (int)text->left - 1 : 0;
    text->to += len;
    text->left -= (size_t)len;
}

/* Bytes as they stand, but for those of `but` and those that cannot be printed. */
static void put_escaped(struct text *text, const void *bytes, size_t len, const char *but)
{
    const unsigned char *byte = bytes;

    for (; len > 0; len--, byte++)
        if (*byte < ' ' || *byte > '~' || strchr(but, *byte) != NULL)
            put(text, "\\x%02x", *byte);
        else
            put(text, "%c", *byte);
}

static void put_name(struct text *text, const char *name)
{
    put_escaped(text, name, strlen(name), "\"\\; ,=[]:");
}

static void put_quoted(struct text *text, const void *bytes, size_t len)
{
    put(text, "\"");
    put_escaped(text, bytes, len, "\"\\;");
    put(text, "\"");
}

/* ---------- The judgement: results in words, and what is allowed ---------- */

/* Bytes that were read, in words: texts, and zeros in between. */
static void put_bytes(struct text *text, const unsigned char *bytes, size_t len, long long at)
{
    const char *plus = "";
    size_t i = 0, end;

    (void)at;
    if (len == 0)
        put(text, "nothing");
    while (i < len) {
        for (end = i; end < len && (bytes[end] == 0) == (bytes[i] == 0); end++)
            ;
        put(text, "%s", plus);
        if (bytes[i] == 0)
            put(text, "%lu zero B", (unsigned long)(end - i));
        else
            put_quoted(text, bytes + i, end - i);
        plus = " + ";
        i = end;
    }
}

/* Files of the start that are never gone. */
static const char *const known[] = { "t" };

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

/* What a stat says, as far as POSIX says what it must be: nothing of the size and the link count of a
 * directory. Files of the start that are never gone are known by their inode number. */
static void put_stat(struct text *text, const struct stat *st)
{
    const char *kind = S_ISREG(st->st_mode)   ? "file"
                       : S_ISDIR(st->st_mode) ? "directory"
                       : S_ISLNK(st->st_mode) ? "symlink"
                                              : "something else";

    put(text, "%s", kind);
    if (!S_ISDIR(st->st_mode))
        put(text, " %lld B", (long long)st->st_size);
    put(text, " %04o", (unsigned)(st->st_mode & 0777));
    if (!S_ISDIR(st->st_mode))
        put(text, " %lu %s", (unsigned long)st->st_nlink, st->st_nlink == 1 ? "link" : "links");
    put_identity(text, st);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a scan, sorted. */
static void put_names(struct text *text, const char *names, long long count)
{
    const char **sorted = calloc((size_t)count + 1, sizeof *sorted);
    long long i;

    if (sorted == NULL)
        return;
    if (count == 0)
        put(text, "no names");
    for (i = 0; i < count; i++, names += strlen(names) + 1)
        sorted[i] = names;
    qsort(sorted, (size_t)count, sizeof *sorted, by_name);
    for (i = 0; i < count; i++) {
        put(text, "%s", i > 0 ? ", " : "");
        put_name(text, sorted[i]);
    }
    free(sorted);
}

/* What a call returned, in words. The table of allowed outcomes is in the same words. */
static void put_result(struct text *text, const struct actor *who, const struct result *r)
{
    const char *data = who->room + r->data;

    put(text, "%.*s ", (int)strcspn(r->call, " "), r->call);
    if (r->err == NOT_CALLED)
        put(text, "not called");
    else if (r->err != 0)
        put(text, "%s", errno_name(r->err));
    else
        switch (r->kind) {
        case PLAIN: put(text, "ok"); break;
        case WROTE: put(text, "%lld B", r->value); break;
        case MOVED_TO: put(text, "to %lld", r->value); break;
        case BYTES:
            put_bytes(text, (const unsigned char *)data, (size_t)r->value, r->at);
            break;
        case NAMES: put_names(text, data, r->value); break;
        case LINK_TEXT: put_quoted(text, data, (size_t)r->value); break;
        case STAT: put_stat(text, &r->st); break;
        }
}

/* Removes a directory with all that is in it; returns whether it is gone. */
static int remove_tree(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory;
    struct dirent *entry;
    struct stat st;

    if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
        fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
        fchmod(fd, 0700);
    directory = fd < 0 ? NULL : fdopendir(fd);
    if (directory == NULL) {
        if (fd >= 0)
            close(fd);
        return errno == ENOENT;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) < 0 && errno != ENOENT)
            remove_tree(fd, entry->d_name);
    }
    closedir(directory);
    return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* A new directory in every directory that was given, all of one name. */
static char sandbox[CLIENTS][900];

static int make_sandboxes(char **dirs)
{
    const char *name;
    int i;

    for (i = 0; i < CLIENTS; i++) {
        if (i == 0) {
            snprintf(sandbox[0], sizeof sandbox[0], "%.850s/repro-XXXXXX", dirs[0]);
            if (mkdtemp(sandbox[0]) == NULL) {
                fprintf(stderr, "%s: no directory can be made in %s: %s\n", PROGRAM, dirs[0],
                        strerror(errno));
                return -1;
            }
        } else {
            name = strrchr(sandbox[0], '/') + 1;
            snprintf(sandbox[i], sizeof sandbox[i], "%.850s/%.32s", dirs[i], name);
            if (access(sandbox[i], R_OK) < 0) {
                fprintf(stderr, "%s: %s does not show what is made in %s: they must be two mounts of "
                        "one storage\n", PROGRAM, dirs[i], dirs[0]);
                remove_tree(AT_FDCWD, sandbox[0]);
                return -1;
            }
        }
    }
    return 0;
}

#define client_of(actor) sandbox[0]

/* Keeps an actor on a processor of its own: two on one processor never overlap. Where there are too
 * few, they are dealt out anew now and then. Turn 0, before the processes: finds out what there is. */
static void pin(int actor, long long turn)
{
#ifdef __linux__
    static cpu_set_t all;
    static int processors;
    cpu_set_t one;
    int cpu, skip;

    if (turn == 0) {
        if (sched_getaffinity(0, sizeof all, &all) == 0)
            processors = CPU_COUNT(&all);
        return;
    }
    if (processors == 0 || (turn > 1 && (turn % 64 != 0 || ACTORS <= processors)))
        return;
    skip = (int)((actor + (ACTORS > processors ? turn / 64 * (actor + 1) : 0)) % processors);
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all) && skip-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof one, &one);
            return;
        }
#else
    (void)actor;
    (void)turn;
#endif
}

static void open_to_all(void)
{
}

static void close_shared(void)
{
}

static void take_shared(struct actor *me, int index)
{
    (void)me;
    (void)index;
}

/* There is one client, which knows about all changes. */
static void look_anew(int directory, const char *name)
{
    (void)directory;
    (void)name;
}

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
    DIR *directory = fdopendir(fd);
    struct dirent *entry;
    struct left *one;
    int below;

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

/* Everything that the calls of one round may show: a line for what each actor's calls return, one for
 * the tree that is left, and every order of the calls that leads to it. This is what a model of POSIX
 * allows; what is not in the table, no order explains. */
/* In orders: A replacer, B reader; a small letter begins a call that the next capital ends. */
static const struct outcome {
    const char *lines[ACTORS + 1];
    const char *const *orders;
} allowed[ALLOWED] = {
    { { "rename ok",
        "open ok",
        "f = nothing [t]" },
      (const char *const[]){ "AB", "BA", NULL } },
};

/* Moments that are less apart than this may have been the other way round. */
#define CLOCK_ERROR 1000

static int came_before(const struct result *a, const struct result *b)
{
    return a->end + CLOCK_ERROR < b->start;
}

/* Whether the calls can have run in this order: none that had returned before another began comes
 * after it. A is a call of the first actor, B of the second; a...A one that begins at the one place and
 * returns at the other. */
static int can_be(const char *order)
{
    int first[ACTORS][CALLS], last[ACTORS][CALLS], calls[ACTORS] = { 0 }, going[ACTORS] = { 0 };
    int at, who, i, j, a, b;

    for (at = 0; order[at] != '\0'; at++) {
        who = order[at] >= 'a' ? order[at] - 'a' : order[at] - 'A';
        if (!going[who])
            first[who][calls[who]] = at;
        going[who] = order[at] >= 'a';
        if (!going[who])
            last[who][calls[who]++] = at;
    }
    for (i = 0; i < ACTORS; i++)
        for (j = 0; j < ACTORS; j++)
            for (a = 0; i != j && a < calls[i]; a++)
                for (b = 0; b < calls[j]; b++)
                    if (last[i][a] >= first[j][b] &&
                        came_before(&shared->actors[i].results[a], &shared->actors[j].results[b]))
                        return 0;
    return 1;
}

static int in_time(const struct outcome *outcome)
{
    int i;

    for (i = 0; outcome->orders[i] != NULL; i++)
        if (can_be(outcome->orders[i]))
            return 1;
    return 0;
}

/* How many results differ between a line and another; 1000 for each that only one of them has. */
static int differ(const char *a, const char *b)
{
    int count = 0;
    size_t m, n;

    while (*a != '\0' || *b != '\0') {
        m = strstr(a, "; ") ? (size_t)(strstr(a, "; ") - a) : strlen(a);
        n = strstr(b, "; ") ? (size_t)(strstr(b, "; ") - b) : strlen(b);
        count += m == 0 || n == 0 ? 1000 : m != n || memcmp(a, b, m) != 0;
        a += a[m] == ';' ? m + 2 : m;
        b += b[n] == ';' ? n + 2 : n;
    }
    return count;
}

/* Whether some call of an actor ran at the same time as one of another. */
static int overlapped(void)
{
    int i, j, a, b;

    for (i = 0; i < ACTORS; i++)
        for (j = i + 1; j < ACTORS; j++)
            for (a = 0; a < shared->actors[i].count; a++)
                for (b = 0; b < shared->actors[j].count; b++) {
                    const struct result *one = &shared->actors[i].results[a];
                    const struct result *two = &shared->actors[j].results[b];

                    if (one->start < two->end && two->start < one->end)
                        return 1;
                }
    return 0;
}

/* Puts a round into words, and looks for them in the table of what is allowed. */
static void judge(int root)
{
    static char lines[ACTORS + 1][LINE];
    struct wrong *wrong;
    struct text text;
    int i, j, least = INT_MAX, nearest = 0, differs, raced = overlapped();

    for (i = 0; i < ACTORS; i++) {
        text.to = lines[i];
        text.left = LINE;
        for (j = 0; j < shared->actors[i].count; j++) {
            if (is_machine(shared->actors[i].results[j].err)) {
                shared->short_of_room++;
                return;
            }
            put(&text, "%s", j > 0 ? "; " : "");
            put_result(&text, &shared->actors[i], &shared->actors[i].results[j]);
        }
    }
    text.to = lines[ACTORS];
    text.left = LINE;
    put_left(&text, root);
    shared->rounds++;
    shared->overlapped += raced;
    for (i = 0; i < ALLOWED; i++) {
        for (differs = j = 0; j <= ACTORS && differs < least; j++)
            differs += differ(lines[j], allowed[i].lines[j]);
        if (differs < least) {
            least = differs;
            nearest = i;
        }
        if (differs == 0)
            break;
    }
    if (least == 0 && in_time(&allowed[nearest])) {
        shared->seen[nearest]++;
        return;
    }
    for (i = 0; i < shared->wrongs; i++) {
        for (j = 0; j <= ACTORS && strcmp(shared->wrong[i].lines[j], lines[j]) == 0; j++)
            ;
        if (j > ACTORS)
            break;
    }
    if (i == WRONGS) {
        shared->others++;
        return;
    }
    wrong = &shared->wrong[i];
    if (i == shared->wrongs) {
        shared->wrongs++;
        wrong->at = nearest;
        memcpy(wrong->lines, lines, sizeof lines);
        memcpy(wrong->actors, shared->actors, sizeof wrong->actors);
    }
    wrong->count++;
    wrong->raced += raced;
}

/* ---------- The rounds ---------- */

/* Goes into the directory of a round, ready to start. */
static void enter(struct actor *me, int index, long long round)
{
    pin(index, round);
    snprintf(me->where, sizeof me->where, "%.900s/round-%lld", client_of(index), round);
    me->root = open(me->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (me->root < 0)
        STORE(shared->failed, errno);
    take_shared(me, index);
    me->count = 0;
    me->used = 0;
    STORE(me->entered, round);
}

/* Does the steps of an actor once, from the common moment and its offset on. */
static void run_actor(struct actor *me, int index, long long round)
{
    long long start;

    wait_until(shared->moment + shared->offset[index]);
    start = now();
    if (me->root >= 0)
        steps_of[index](me);
    me->took = now() - start;
    STORE(me->done, round);
    if (me->root >= 0)
        close(me->root);
    STORE(me->arrived, round);
}

/* An actor that does every round that the leader opens. */
static void *follow(void *which)
{
    int index = *(int *)which;
    struct actor *me = &shared->actors[index];
    long long round, open, since;

    for (round = 1;; round++) {
        for (since = 0; (open = LOAD(shared->open)) < round;)
            rest(&since);
        if (open == FOREVER)
            return NULL;
        enter(me, index, round);
        for (since = 0; LOAD(shared->start) < round;)
            rest(&since);
        run_actor(me, index, round);
    }
}

static unsigned long long seed = 88172645463325252u;

static long long draw(long long below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return below > 0 ? (long long)(seed % (unsigned long long)below) : 0;
}

/* Draws when each actor begins: one of them is the reference, and every other one begins somewhere
 * between so early that it is done when the reference begins, and so late that the reference is. */
static void draw_offsets(long long round, const long long *usual)
{
    long long longest = 0, earliest = 0;
    int i, reference = (int)draw(ACTORS);

    for (i = 0; i < ACTORS; i++) {
        longest = usual[i] > longest ? usual[i] : longest;
        shared->offset[i] = 0;
    }
    if (round <= 16)
        return;
    for (i = 0; i < ACTORS; i++) {
        shared->offset[i] =
            i == reference ? longest : longest - usual[i] + draw(usual[i] + usual[reference] + 1);
        earliest = i == 0 || shared->offset[i] < earliest ? shared->offset[i] : earliest;
    }
    for (i = 0; i < ACTORS; i++)
        shared->offset[i] -= earliest;
}

/* Makes the directory of a round with what is there at the start. */
static int make_round(int target, const char *name)
{
    int root;

    if (mkdirat(target, name, 0755) < 0)
        return failed("the directory of a round"), -1;
    root = openat(target, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return failed("the directory of a round"), -1;
    if (make_fixture(root) < 0) {
        close(root);
        return -1;
    }
    return root;
}

/* The first actor: opens the rounds, takes part in them, and judges them. */
static void *lead(void *unused)
{
    struct actor *me = &shared->actors[0];
    long long round, usual[ACTORS] = { 0 }, took, since;
    char name[32];
    int target = open(sandbox[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC), root, i;

    (void)unused;
    for (round = 1; !LOAD(shared->stop) && (most == 0 || round <= most); round++) {
        snprintf(name, sizeof name, "round-%lld", round);
        root = make_round(target, name);
        if (root < 0)
            break;
        draw_offsets(round, usual);
        STORE(shared->open, round);
        open_to_all();
        enter(me, 0, round);
        for (i = 0; i < ACTORS; i++)
            for (since = 0; LOAD(shared->actors[i].entered) < round;)
                rest(&since);
        shared->moment = now() + 2000;
        STORE(shared->start, round);
        run_actor(me, 0, round);
        for (i = 0; i < ACTORS; i++)
            for (since = 0; LOAD(shared->actors[i].arrived) < round;)
                rest(&since);
        if (LOAD(shared->failed) == 0)
            judge(root);
        close_shared();
        for (i = 0; i < ACTORS; i++) {
            /* What it usually takes: an actor that lost its processor says nothing about that. */
            took = shared->actors[i].took;
            if (round == 1 || took < usual[i])
                usual[i] -= (usual[i] - took) / (round == 1 ? 1 : 4);
            else
                usual[i] += took - usual[i] < usual[i] / 16 + 50 ? took - usual[i] : usual[i] / 16 + 50;
        }
        close(root);
        remove_tree(target, name);
        if (LOAD(shared->failed) != 0)
            break;
    }
    STORE(shared->open, FOREVER);
    return NULL;
}

/* One of the processes: its actors are its threads. */
static void run_process(int process)
{
    pthread_t threads[ACTORS];
    int index[ACTORS], i, error;

    signal(SIGINT, SIG_IGN); /* the parent sees to it */
    signal(SIGXFSZ, SIG_IGN);
    umask(0);
    for (i = 0; i < ACTORS; i++) {
        index[i] = i;
        if (process_of[i] != process)
            continue;
        error = pthread_create(&threads[i], NULL, START_OF(i), &index[i]);
        if (error != 0) {
            fprintf(stderr, "%s: pthread_create: %s\n", PROGRAM, strerror(error));
            _exit(3);
        }
    }
    for (i = 0; i < ACTORS; i++)
        if (process_of[i] == process)
            pthread_join(threads[i], NULL);
    _exit(0);
}

/* What changes as long as something goes on. */
static long long count_calls(void)
{
    long long count = LOAD(shared->open) + LOAD(shared->rounds);
    int i;

    for (i = 0; i < ACTORS; i++)
        count += LOAD(shared->actors[i].entered) + LOAD(shared->actors[i].count) +
                 LOAD(shared->actors[i].arrived);
    return count;
}

/* The call in which an actor hangs, when nothing goes on; NULL if it is in none. */
static const char *hangs_in(int actor)
{
    return LOAD(shared->actors[actor].busy);
}

static int may_run(void)
{
    return 1;
}

static void prepare(void)
{
    umask(0);
    parent = getpid();
    pin(0, 0);
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* Starts the processes and waits for their end; returns 0, or how it went wrong. */
static int supervise(void)
{
    pid_t pids[PROCESSES];
    long long began = now(), moved = began, before = -1, progress;
    int i, status, alive = 0, died = 0, hung = 0;
    const char *call;

    for (i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            run_process(i);
        if (pids[i] < 0) {
            fprintf(stderr, "%s: fork: %s\n", PROGRAM, strerror(errno));
            STORE(shared->stop, 1);
            died = -1;
        }
        alive += pids[i] > 0;
    }
    while (alive > 0) {
        do_sleep(5000000);
        if (caught || now() - began > seconds * 1e9)
            STORE(shared->stop, 1);
        progress = count_calls();
        if (progress != before)
            moved = now();
        before = progress;
        for (i = 0; i < PROCESSES; i++)
            if (pids[i] > 0 && waitpid(pids[i], &status, WNOHANG) == pids[i]) {
                pids[i] = -1;
                alive--;
                if (WIFSIGNALED(status))
                    died = WTERMSIG(status);
                else if (WEXITSTATUS(status) != 0)
                    died = -1;
            }
        if (now() - moved > HANG_AFTER) {
            hung = 1;
            for (i = 0; i < ACTORS; i++)
                if ((call = hangs_in(i)) != NULL)
                    printf("%s: %s is in `%s` and does not return%s\n", PROGRAM, name_of[i], call,
                           LOAD(shared->actors[i].waits) ? " (it waits for a lock)" : "");
            for (i = 0; i < ACTORS; i++)
                if (hangs_in(i) != NULL && !LOAD(shared->actors[i].waits))
                    hung = 2;
        }
        if (died || hung) {
            for (i = 0; i < PROCESSES; i++)
                if (pids[i] > 0)
                    kill(pids[i], SIGKILL);
            if (hung)
                break; /* they may never end */
        }
    }
    if (died > 0)
        printf("%s: a process was killed by signal %d\n", PROGRAM, died);
    return died > 0 || hung == 2 ? ANOMALY : died < 0 ? CANNOT_RUN : hung ? INCONCLUSIVE : 0;
}

/* Without libm. */
static double root(double x)
{
    double r = x > 1 ? x : 1;
    int i;

    for (i = 0; i < 60; i++)
        r = (r + x / r) / 2;
    return r;
}

/* `k in n` with its 95 % interval (Wilson); for nothing seen, the upper bound 3 / n. */
static void print_rate(long long k, long long n)
{
    double p, z = 1.959964, middle, half;

    if (n == 0 || k == 0) {
        printf("%lld in %lld", k, n);
        if (n > 0)
            printf(", at most %.3g %%", n > 3 ? 300.0 / (double)n : 100.0);
        return;
    }
    p = (double)k / (double)n;
    middle = p + z * z / (2.0 * (double)n);
    half = z * root(p * (1 - p) / (double)n + z * z / (4.0 * (double)n * (double)n));
    printf("%lld in %lld (%.3g %% .. %.3g %%)", k, n,
           100 * (middle - half) / (1 + z * z / (double)n),
           100 * (middle + half) / (1 + z * z / (double)n));
}

/* The calls of one round, by the time at which they began. */
static void print_timeline(const struct actor *actors)
{
    static char line[LINE];
    int next[ACTORS] = { 0 }, i, who;
    long long zero = 0;
    const struct result *r;
    struct text text;

    for (i = 0; i < ACTORS; i++)
        for (who = 0; who < actors[i].count; who++)
            if (zero == 0 || actors[i].results[who].start < zero)
                zero = actors[i].results[who].start;
    printf("    %10s %9s  %-12s %s\n", "from us", "to us", "actor", "call");
    for (;;) {
        for (who = -1, i = 0; i < ACTORS; i++)
            if (next[i] < actors[i].count &&
                (who < 0 || actors[i].results[next[i]].start < actors[who].results[next[who]].start))
                who = i;
        if (who < 0)
            return;
        r = &actors[who].results[next[who]++];
        text.to = line;
        text.left = sizeof line;
        put_result(&text, &actors[who], r);
        printf("    %10.2f %9.2f  %-12s %s = %s\n", (double)(r->start - zero) / 1e3,
               (double)(r->end - zero) / 1e3, name_of[who], r->call, strchr(line, ' ') + 1);
    }
}

/* What differs from the nearest outcome that is allowed; returns whether it is what POSIX rules out and
 * many systems show all the same: a read that mixes what was written meanwhile, fields of a stat that are
 * changed meanwhile, or a scan of names that come and go meanwhile, if such scans are asked about.
 * Without `fsrace` it can only be told by its looks. */
static int print_difference(const struct wrong *wrong)
{
    const char *a, *b;
    int i, unspecified = wrong->raced > 0, any = 0, seen, mixes;
    size_t m, n;

    for (i = 0; i <= ACTORS; i++) {
        a = wrong->lines[i];
        b = allowed[wrong->at].lines[i];
        while (*a != '\0' || *b != '\0') {
            m = strstr(a, "; ") ? (size_t)(strstr(a, "; ") - a) : strlen(a);
            n = strstr(b, "; ") ? (size_t)(strstr(b, "; ") - b) : strlen(b);
            if (m != n || memcmp(a, b, m) != 0) {
                printf("  %s: `%.*s`, where the nearest outcome that is allowed has `%.*s`\n",
                       i < ACTORS ? name_of[i] : "left", (int)m, a, (int)n, b);
                mixes = strstr(a, " + ") != NULL && strstr(a, " + ") < a + m &&
                        (strstr(a, "zero B") == NULL || strstr(a, "zero B") > a + m);
                seen = i < ACTORS && n > 0 &&
                       (((strncmp(a, "read ", 5) == 0 || strncmp(a, "pread ", 6) == 0) && mixes) ||
                        ((strncmp(a, "stat file", 9) == 0 || strncmp(a, "fstat file", 10) == 0 ||
                          strncmp(a, "lstat file", 10) == 0) && strncmp(b, a, 9) == 0) ||
                        (LIVE_SCANS && strncmp(a, "readdir ", 8) == 0 && strncmp(b, a, 8) == 0));
                unspecified &= seen;
                any = 1;
            }
            a += a[m] == ';' ? m + 2 : m;
            b += b[n] == ';' ? n + 2 : n;
        }
    }
    if (!any)
        printf("  every result is allowed, but not when the calls ran in this order\n");
    return any && unspecified;
}

static int report(void)
{
    long long wrongs = shared->others, raced = 0;
    int i, j, different = 0;

    for (i = 0; i < shared->wrongs; i++) {
        wrongs += shared->wrong[i].count;
        raced += shared->wrong[i].raced;
    }
    for (i = 0; i < ALLOWED; i++)
        different += shared->seen[i] > 0;
    for (i = 0; i < OPTIONAL; i++)
        if (shared->tried[i] > 0 && shared->lacking[i] == shared->tried[i]) {
            printf("%s: this system or filesystem does not have `%s`\n", PROGRAM, call_of[i]);
            return CANNOT_RUN;
        }
    if (wrongs > 0) {
        printf("%s: ANOMALY, ", PROGRAM);
        print_rate(wrongs, shared->rounds);
        printf(" rounds\n");
        for (i = 0; i < shared->wrongs; i++) {
            printf("%lld times, which no order of the calls explains:\n", shared->wrong[i].count);
            for (j = 0; j <= ACTORS; j++)
                printf("    %-12s %s\n", j < ACTORS ? name_of[j] : "left", shared->wrong[i].lines[j]);
            printf("  class: %s\n", print_difference(&shared->wrong[i]) ? "unspecified" : "forbidden");
            if (i == 0) {
                printf("  the first time:\n");
                print_timeline(shared->wrong[i].actors);
            }
        }
        if (shared->others > 0)
            printf("%lld times, and in other ways\n", shared->others);
        if (raced == 0 && shared->others == 0)
            printf("  It is no race: no two calls ran at the same time when it was seen.\n");
    } else {
        printf("%s: nothing seen, ", PROGRAM);
        print_rate(0, shared->rounds);
        printf(" rounds; %d of the %d allowed outcomes\n", different, ALLOWED);
    }
    printf("calls ran at the same time in %lld of %lld rounds\n", shared->overlapped, shared->rounds);
    if (shared->short_of_room > 0)
        printf("in %lld rounds the machine or the target ran short: they were not judged\n",
               shared->short_of_room);
    if (shared->failed != 0)
        printf("%s of the fixture could not be made: %s\n", shared->failed_at,
               errno_name(shared->failed));
    if (wrongs > 0)
        return ANOMALY;
    if (shared->rounds == 0)
        return CANNOT_RUN;
    return shared->failed != 0 || shared->short_of_room > 0 || (ACTORS > 1 && shared->overlapped == 0)
               ? INCONCLUSIVE : 0;
}

/* Removes what was made; returns whether it is gone. A filesystem that hangs must not stop the report. */
static int remove_sandbox(void)
{
    int i, status = 1;
    pid_t pid = fork();

    if (pid == 0) {
        signal(SIGINT, SIG_IGN);
        _exit(!(remove_tree(AT_FDCWD, sandbox[0]) || remove_tree(AT_FDCWD, sandbox[0])));
    }
    for (i = 0; pid > 0 && i < 2000; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status == 0;
        do_sleep(5000000);
    }
    return 0;
}

static void usage(void)
{
    fprintf(stderr, "usage: %s [-n %s] [-d SECONDS] [DIR%s]\n", PROGRAM, COUNTED,
            CLIENTS > 1 ? " CLIENT_DIR..." : "");
    exit(2);
}

int main(int argc, char **argv)
{
    char here[] = ".", *dirs[CLIENTS], *end;
    int i, option, wrong, result, gone;

    while ((option = getopt(argc, argv, "n:d:")) != -1) {
        end = optarg;
        if (option == 'n')
            most = strtoll(optarg, &end, 10);
        else if (option == 'd')
            seconds = strtod(optarg, &end);
        if (end == optarg || *end != '\0' || most < 0 || seconds <= 0)
            usage();
    }
    if (argc - optind > CLIENTS || (CLIENTS > 1 && argc - optind != CLIENTS))
        usage();
    dirs[0] = here;
    for (i = 0; i < argc - optind; i++)
        dirs[i] = argv[optind + i];
    if (!may_run())
        return CANNOT_RUN;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return CANNOT_RUN;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
    if (make_sandboxes(dirs) < 0)
        return CANNOT_RUN;
    prepare();
    wrong = supervise();
    result = report();
    if (wrong != 0 && result != ANOMALY)
        result = wrong;
    gone = remove_sandbox();
    if (!gone)
        fprintf(stderr, "%s: %s could not be removed\n", PROGRAM, sandbox[0]);
    if (caught) {
        signal(caught, SIG_DFL);
        raise(caught);
    }
    return result;
}
