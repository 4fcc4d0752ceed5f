/* Something that must not be, seen in one step of an actor. */
struct wrong {
    const char *code, *class, *call;
    int step;
    char what[256];
    long long count;
    unsigned long long seen_in;        /* the last call that showed it, counted from 1 */
    struct result rings[ACTORS][RING]; /* the last calls of all actors, the first time */
    unsigned long long counts[ACTORS];
};

struct actor {
    int root;                      /* the directory */
    char where[1024];              /* the same as a path */
    int inherited[SHARED + 1];     /* descriptors that were opened before the start */
    const char *busy;              /* the call that it is in */
    long long since;
    int waits;                     /* ... which may wait for a lock as long as another likes */
    long long iteration;
    unsigned long long seed;
    unsigned long long count;      /* calls so far */
    struct result results[RING], *last;
    long long runs[STEPS + 1];     /* how often each step was made */
    long long cut;                 /* scans of more names than there is room for */
    long long looks, together;     /* whether another actor was inside of a call at the same time */
    int wrongs;
    struct wrong wrong[WRONGS];
    const char *unsure;            /* the first call that failed so that what follows says nothing */
    int unsure_err;
    long long unsure_since;
    char room[ROOM];               /* what the last call returned */
};

/* What all processes see. */
static struct shared {
    int ready, stop;
    int failed;                    /* errno of making the fixture */
    char failed_at[256];
    long long tried[OPTIONAL + 1], lacking[OPTIONAL + 1];
    struct actor actors[ACTORS];
} *shared;

static pid_t parent;
