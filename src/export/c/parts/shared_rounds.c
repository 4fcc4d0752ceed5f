struct actor {
    int root;                      /* the directory of the round */
    char where[1024];              /* the same as a path */
    int inherited[SHARED + 1];     /* descriptors that were opened before the start */
    const char *busy;              /* the call that it is in */
    long long since;               /* ... if that is no step */
    int waits;                     /* ... which may wait for a lock as long as another likes */
    long long tries;               /* to open the directory of a round */
    int count;                     /* calls of this round */
    struct result results[CALLS];
    size_t used;
    char room[ROOM];               /* what they returned */
    int cut;                       /* scans of more names than there is room for */
    long long took;                /* nanoseconds, of all its steps */
    long long entered, done, arrived; /* the last round that it has done so of */
};

/* A way to go wrong that has been seen. */
struct wrong {
    long long count, raced;
    int at;                         /* the allowed outcome that is nearest */
    char lines[ACTORS + 1][LINE];
    struct actor actors[ACTORS];    /* as they were the first time */
};

/* What all processes see. */
static struct shared {
    long long open, start;          /* the round that may be entered, and that may begin */
    long long moment, offset[ACTORS];
    int stop;
    int failed;                     /* errno of making the fixture */
    char failed_at[256];
    long long rounds, overlapped, short_of_room, too_many_names, others;
    long long tried[OPTIONAL + 1], lacking[OPTIONAL + 1];
    long long seen[ALLOWED];
    ino_t known[KNOWN + 1];
    int wrongs;
    struct wrong wrong[WRONGS];
    struct actor actors[ACTORS];
} *shared;

static pid_t parent;
