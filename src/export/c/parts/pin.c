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
