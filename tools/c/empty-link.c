/* Does a path through a symbolic link that is being removed end at the directory of the link?
 *
 *     cc -std=c99 -Wall -Wextra -pthread -o empty-link tools/c/empty-link.c && ./empty-link DIR SECONDS
 *
 * One thread makes `a -> b` and removes it, the other calls stat("a"), which may find the file `b` or nothing.
 * Exits with 1 if it was a directory. See `fsrace explain empty-link`.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A pause between two calls takes up to so many turns of a loop. */
enum { LONGEST_PAUSE = 3000, STATS_PER_LOOK = 1000 };

static volatile int stop;
static long links;

static void *make_and_remove(void *unused)
{
    unsigned long pause = 1;

    (void)unused;
    while (!stop) {
        links += symlink("b", "a") == 0;
        pause = (pause * 1103515245 + 12345) % 2147483648u;
        for (volatile unsigned long i = 0; i < pause % LONGEST_PAUSE; i++)
            ;
        unlink("a");
    }
    return NULL;
}

int main(int count, char **argument)
{
    long stats = 0, files = 0, absent = 0, others = 0, directories = 0;
    struct stat status;
    pthread_t maker;
    time_t end;

    if (count != 3) {
        fprintf(stderr, "usage: %s DIR SECONDS\n", argument[0]);
        return 2;
    }
    if (chdir(argument[1]) != 0 || mkdir("empty-link", 0700) != 0 || chdir("empty-link") != 0 ||
        close(open("b", O_CREAT | O_RDWR, 0644)) != 0 || pthread_create(&maker, NULL, make_and_remove, NULL) != 0) {
        perror(argument[1]);
        return 3;
    }
    for (end = time(NULL) + atoi(argument[2]); time(NULL) < end;)
        for (int i = 0; i < STATS_PER_LOOK; i++, stats++)
            if (stat("a", &status) != 0)
                *(errno == ENOENT ? &absent : &others) += 1;
            else
                *(S_ISDIR(status.st_mode) ? &directories : &files) += 1;
    stop = 1;
    pthread_join(maker, NULL);
    printf("%ld links removed, %ld stats: a file %ld, ENOENT %ld, another errno %ld, a DIRECTORY %ld\n", links, stats,
           files, absent, others, directories);
    unlink("b");
    if (chdir("..") == 0)
        rmdir("empty-link");
    return directories > 0;
}
