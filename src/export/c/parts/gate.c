/* Between two looks at something that another actor changes. At first it keeps its processor, for whoever
 * gives that away on a busy machine is not there when the others are; in the end it sleeps, for others can
 * starve where all do nothing but yield. */
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
    if (moment - *since < 300000)
        sched_yield();
    else
        do_sleep(50000);
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
