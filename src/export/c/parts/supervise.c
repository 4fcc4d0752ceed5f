static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* Ends in order at a signal, unless whoever has started it wants it to be ignored (nohup). */
static void listen_for(int number)
{
    if (signal(number, SIG_IGN) != SIG_IGN)
        signal(number, on_signal);
}

/* Starts the processes and waits for their end; returns 0, or how it went wrong. */
static int supervise(void)
{
    pid_t pids[PROCESSES];
    long long began = now(), moved = began, looked = began, before = -1, progress;
    int i, status, alive = 0, died = 0, hung = 0, waits;
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
        if (now() - looked > (HANG_AFTER < 2000000000LL ? HANG_AFTER / 2 : 1000000000LL))
            moved = now(); /* the whole program stood still: it was stopped, or the machine slept */
        looked = now();
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
                if (died != 0)
                    continue; /* the first is why, the others were told to */
                if (WIFSIGNALED(status))
                    died = WTERMSIG(status);
                else if (WEXITSTATUS(status) != 0)
                    died = -1;
            }
        if (now() - moved > HANG_AFTER) {
            for (i = 0; i < ACTORS; i++)
                if ((call = hangs_in(i)) != NULL) {
                    waits = LOAD(shared->actors[i].waits);
                    hung = hung == 2 || !waits ? 2 : 1;
                    printf("%s: %s is in `%s` and does not return%s\n", PROGRAM, name_of[i], call,
                           waits ? " (it waits for a lock)" : "");
                }
            if (!hung) {
                hung = 1;
                printf("%s: nothing goes on, although no actor is in a call\n", PROGRAM);
            }
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
