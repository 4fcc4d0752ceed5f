/* Descriptors that are opened before the start of a round; all actors are of one process. */

static void open_to_all(void)
{
}

static void take_shared(struct actor *me, int index)
{
    int i;

    (void)index;
    for (i = 0; i < SHARED; i++) {
        me->inherited[i] = fcntl(opened[i], F_DUPFD_CLOEXEC, 0);
        if (me->inherited[i] < 0)
            failed("a shared descriptor");
    }
}

static void close_shared(void)
{
    int i;

    for (i = 0; i < SHARED; i++)
        close(opened[i]);
}
