/* A descriptor, and its offset as far as its actor knows it; -1: others can have moved it. */
struct file {
    int fd;
    long long at;
    int looked;        /* whether fstat has been called since it was opened */
    struct stat first; /* what that said */
};
#define CLOSED { .fd = -1, .at = -1 }
