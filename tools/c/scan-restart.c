/* Does a scan start over when the entry that comes next is removed or renamed?
 *
 *     cc -std=c99 -Wall -Wextra -o scan-restart tools/c/scan-restart.c && ./scan-restart DIR
 *
 * Linux. One thread reads a directory of three files, one entry with each call, and removes, in its turn, each file
 * between two of the calls. Prints the scans in which a name came twice; exits with 1 if there were any. See
 * `fsrace explain scan-restart`.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct entry {
    unsigned long long inode;
    long long offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

enum { FILES = 3, ONE_ENTRY = 24, MOST = 20 };

static const char *const files[FILES] = { "a", "k", "l" };

/* Scans the directory, and removes a file after so many entries; returns whether a name came twice. */
static int scan(const char *removed, int after)
{
    char bytes[ONE_ENTRY] __attribute__((aligned(8))), names[MOST][8];
    const struct entry *entry = (const struct entry *)bytes;
    int fd = open(".", O_RDONLY | O_DIRECTORY), seen = 0, twice = 0, i;

    while (seen < MOST && syscall(SYS_getdents64, fd, bytes, sizeof bytes) > 0) {
        for (i = 0; i < seen; i++)
            twice |= strcmp(names[i], entry->name) == 0;
        snprintf(names[seen++], sizeof names[0], "%s", entry->name);
        if (seen == after)
            unlink(removed);
    }
    close(fd);
    if (twice) {
        printf("%s removed after entry %d:", removed, after);
        for (i = 0; i < seen; i++)
            printf(" %s", names[i]);
        printf("\n");
    }
    return twice;
}

int main(int count, char **argument)
{
    int restarts = 0, removed, after, i;

    if (count != 2) {
        fprintf(stderr, "usage: %s DIR\n", argument[0]);
        return 2;
    }
    if (chdir(argument[1]) != 0 || mkdir("scan-restart", 0700) != 0 || chdir("scan-restart") != 0) {
        perror(argument[1]);
        return 3;
    }
    for (removed = 0; removed < FILES; removed++)
        for (after = 1; after <= FILES + 2; after++) {
            for (i = 0; i < FILES; i++)
                close(open(files[i], O_CREAT | O_RDWR, 0644));
            restarts += scan(files[removed], after);
            /* All anew: which of them is the oldest matters. */
            for (i = 0; i < FILES; i++)
                unlink(files[i]);
        }
    if (chdir("..") == 0)
        rmdir("scan-restart");
    printf("%d scans show a name twice\n", restarts);
    return restarts > 0;
}
