/* A descriptor, and its offset as far as its actor knows it; -1: others can have moved it. */
struct file {
    int fd;
    long long at;
};
#define CLOSED { -1, -1 }
