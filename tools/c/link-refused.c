/* Is a file refused a link while another of its names is being removed?
 *
 *     cc -std=c99 -Wall -Wextra -pthread -o link-refused tools/c/link-refused.c && ./link-refused DIR SECONDS
 *
 * One thread makes and removes `b`, another name of the file `a`, one calls stat("a"), and one makes and removes `c`,
 * a third name of it. `a` stays. Exits with 1 if link("a", "c") said ENOENT.
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

static volatile int stop;

static void *make_and_remove(void *unused)
{
    (void)unused;
    while (!stop)
        if (link("a", "b") == 0)
            unlink("b");
    return NULL;
}

static void *look(void *unused)
{
    struct stat status;

    (void)unused;
    while (!stop)
        stat("a", &status);
    return NULL;
}

int main(int count, char **argument)
{
    long made = 0, refused = 0, others = 0;
    pthread_t maker, looker;
    time_t end;

    if (count != 3) {
        fprintf(stderr, "usage: %s DIR SECONDS\n", argument[0]);
        return 2;
    }
    if (chdir(argument[1]) != 0 || mkdir("link-refused", 0700) != 0 || chdir("link-refused") != 0 ||
        close(open("a", O_CREAT | O_RDWR, 0644)) != 0 || pthread_create(&maker, NULL, make_and_remove, NULL) != 0 ||
        pthread_create(&looker, NULL, look, NULL) != 0) {
        perror(argument[1]);
        return 3;
    }
    for (end = time(NULL) + atoi(argument[2]); time(NULL) < end;)
        if (link("a", "c") == 0) {
            made++;
            unlink("c");
        } else {
            *(errno == ENOENT ? &refused : &others) += 1;
        }
    stop = 1;
    pthread_join(maker, NULL);
    pthread_join(looker, NULL);
    printf("%ld links made, ENOENT %ld, another errno %ld\n", made, refused, others);
    unlink("b");
    unlink("a");
    if (chdir("..") == 0)
        rmdir("link-refused");
    return refused > 0;
}
