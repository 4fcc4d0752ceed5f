#if defined(__linux__)
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif
#define rename_flag(at, from, to_at, to, flag) syscall(SYS_renameat2, at, from, to_at, to, flag)
#elif defined(__APPLE__)
#define RENAME_NOREPLACE RENAME_EXCL
#define RENAME_EXCHANGE RENAME_SWAP
#define rename_flag(at, from, to_at, to, flag) renameatx_np(at, from, to_at, to, flag)
#else
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define rename_flag(at, from, to_at, to, flag) ((void)(flag), errno = ENOSYS, -1)
#endif
static int do_rename_with(struct actor *me, const char *call, int at, const char *from,
                          const char *to, unsigned flag)
{
    struct result *r;

    if (at < 0)
        return not_called(me, call);
    r = begin(me, call, 0);
    return finish(me, r, rename_flag(at, from, me->root, to, flag) < 0);
}
