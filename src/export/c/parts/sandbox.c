/* A new directory in every directory that was given, all of one name. */
static char sandbox[CLIENTS][900];

/* Whether a client shows what was made through another: it may take a while to. */
static int is_shown(const char *path)
{
    long long since = now();

    while (access(path, R_OK) < 0) {
        if ((errno != ENOENT && errno != ESTALE) || now() - since > 5000000000LL)
            return 0;
        do_sleep(20000000);
    }
    return 1;
}

static int make_sandboxes(char **dirs)
{
    const char *name;
    int i;

    for (i = 0; i < CLIENTS; i++) {
        if (i == 0) {
            snprintf(sandbox[0], sizeof sandbox[0], "%.850s/repro-XXXXXX", dirs[0]);
            if (mkdtemp(sandbox[0]) == NULL) {
                fprintf(stderr, "%s: no directory can be made in %s: %s\n", PROGRAM, dirs[0],
                        strerror(errno));
                return -1;
            }
        } else {
            name = strrchr(sandbox[0], '/') + 1;
            snprintf(sandbox[i], sizeof sandbox[i], "%.850s/%.32s", dirs[i], name);
            if (!is_shown(sandbox[i])) {
                fprintf(stderr, "%s: %s does not show what is made in %s (%s): they must be two mounts of "
                        "one storage\n", PROGRAM, dirs[i], dirs[0], strerror(errno));
                remove_tree(AT_FDCWD, sandbox[0]);
                return -1;
            }
        }
    }
    return 0;
}
