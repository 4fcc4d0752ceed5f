/* Counts how often a step that not every system or filesystem has was said not to be there. */
static void optional(int which, int err, const long long *lacks)
{
    if (err == NOT_CALLED)
        return;
    __atomic_add_fetch(&shared->tried[which], 1, __ATOMIC_RELAXED);
    if (err != 0 && one_of(err, lacks))
        __atomic_add_fetch(&shared->lacking[which], 1, __ATOMIC_RELAXED);
}
