static void usage(void)
{
    fprintf(stderr, "usage: %s [-n %s] [-d SECONDS] [DIR%s]\n", PROGRAM, COUNTED,
            CLIENTS > 1 ? " CLIENT_DIR..." : "");
    exit(2);
}

int main(int argc, char **argv)
{
    char here[] = ".", *dirs[CLIENTS], *end;
    int i, option, wrong, result, gone;

    while ((option = getopt(argc, argv, "n:d:")) != -1) {
        end = optarg;
        if (option == 'n')
            most = strtoll(optarg, &end, 10);
        else if (option == 'd')
            seconds = strtod(optarg, &end);
        if (end == optarg || *end != '\0' || most < 0 || !(seconds > 0))
            usage();
    }
    if (argc - optind > CLIENTS || (CLIENTS > 1 && argc - optind != CLIENTS))
        usage();
    dirs[0] = here;
    for (i = 0; i < argc - optind; i++)
        dirs[i] = argv[optind + i];
    if (!may_run())
        return CANNOT_RUN;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return CANNOT_RUN;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN); /* a reader that is gone leaves the removing and the exit code */
    signal(SIGXFSZ, SIG_IGN); /* EFBIG says the same */
    listen_for(SIGINT);
    listen_for(SIGTERM);
    listen_for(SIGHUP);
    if (make_sandboxes(dirs) < 0)
        return CANNOT_RUN;
    prepare();
    wrong = supervise();
    result = report();
    if (wrong != 0 && result != ANOMALY)
        result = wrong;
    gone = remove_sandbox();
    if (!gone)
        fprintf(stderr, "%s: %s could not be removed\n", PROGRAM, sandbox[0]);
    if (caught) {
        signal(caught, SIG_DFL);
        raise(caught);
    }
    return result;
}
