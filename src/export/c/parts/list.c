/* A list of numbers, for one_of. */
#define END LLONG_MIN
#define LIST(...) (const long long[]){ __VA_ARGS__, END }

static int one_of(long long number, const long long *list)
{
    for (; *list != END; list++)
        if (*list == number)
            return 1;
    return 0;
}
