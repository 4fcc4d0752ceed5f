/* Bytes of the stack of a thread: some systems have little by default. */
enum { STACK = 1 << 20 };

/* One of the processes: its actors are its threads. */
static void run_process(int process)
{
    pthread_attr_t attributes;
    pthread_t threads[ACTORS];
    int index[ACTORS], i, error;

    /* They come to all processes of a terminal, or of timeout(1). The parent sees to it. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    umask(0);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (i = 0; i < ACTORS; i++) {
        index[i] = i;
        if (process_of[i] != process)
            continue;
        error = pthread_create(&threads[i], &attributes, START_OF(i), &index[i]);
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
