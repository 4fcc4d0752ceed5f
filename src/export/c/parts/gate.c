/* Between two looks at something that another actor changes. */
static void rest(int *looks)
{
    static long processors;

    if (processors == 0)
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (++*looks < 2000 && processors >= ACTORS)
        return;
    sched_yield();
    if (*looks % 1024 == 0 && getppid() != parent)
        _exit(3); /* nobody is left to report to */
}

/* Waits for the moment at which an actor starts. */
static void wait_until(long long moment)
{
    long long left;
    int looks = 0;

    while ((left = moment - now()) > 0)
        if (left > 300000)
            do_sleep(left - 200000);
        else if (left > 20000)
            rest(&looks);
}
