/* An actor: does its steps again and again. */
static void *loop(void *which)
{
    int index = *(int *)which, i;
    struct actor *me = &shared->actors[index];

    pin(index, 1);
    me->seed = 88172645463325252u + (unsigned long long)index * 2654435761u;
    snprintf(me->where, sizeof me->where, "%.900s", client_of(index));
    me->root = open(me->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (me->root < 0) {
        failed("the directory of an actor");
        STORE(shared->stop, 1);
    }
    for (i = 0; i < SHARED; i++) {
        me->inherited[i] = fcntl(opened[i], F_DUPFD_CLOEXEC, 0);
        if (me->inherited[i] < 0) {
            failed("a shared descriptor");
            STORE(shared->stop, 1);
        }
    }
    __atomic_add_fetch(&shared->ready, 1, __ATOMIC_ACQ_REL);
    while (LOAD(shared->ready) < ACTORS && !LOAD(shared->stop)) {
        sched_yield();
        if (getppid() != parent)
            _exit(3); /* nobody is left to report to */
    }
    while (!LOAD(shared->stop) && (most == 0 || me->iteration < most)) {
        steps_of[index](me);
        me->iteration++;
        if (me->iteration % 1024 == 0) {
            pin(index, me->iteration / 1024);
            if (getppid() != parent)
                _exit(3); /* nobody is left to report to */
        }
    }
    return NULL;
}
