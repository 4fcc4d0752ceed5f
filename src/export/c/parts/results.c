enum { NOT_CALLED = -1 }; /* in place of an errno: the descriptor that it needs is not open */
enum { TOO_MANY = -1 };   /* in place of a number of names: there was no room for all of them */

/* What one call returned. */
struct result {
    const char *call;    /* the step in words */
    int err;             /* errno, 0 for success, or NOT_CALLED */
    int on_descriptor;   /* the call used a descriptor that was open */
    enum { PLAIN, WROTE, MOVED_TO, BYTES, NAMES, LINK_TEXT, STAT } kind;
    long long value;     /* bytes, names, or the new offset */
    long long asked;     /* bytes that were asked for */
    long long at;        /* offset at which a read began; -1: not known */
    size_t data;         /* where in the actor's room what it returned stands */
    struct stat st;
    long long start, end;
};
