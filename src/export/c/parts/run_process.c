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
