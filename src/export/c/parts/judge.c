/* How many results differ between a line and another; 1000 for each that only one of them has. */
static int differ(const char *a, const char *b)
{
    int count = 0;
    size_t m, n;

    while (*a != '\0' || *b != '\0') {
        m = strstr(a, "; ") ? (size_t)(strstr(a, "; ") - a) : strlen(a);
        n = strstr(b, "; ") ? (size_t)(strstr(b, "; ") - b) : strlen(b);
        count += m == 0 || n == 0 ? 1000 : m != n || memcmp(a, b, m) != 0;
        a += a[m] == ';' ? m + 2 : m;
        b += b[n] == ';' ? n + 2 : n;
    }
    return count;
}

/* Whether some call of an actor ran at the same time as one of another. */
static int overlapped(void)
{
    int i, j, a, b;

    for (i = 0; i < ACTORS; i++)
        for (j = i + 1; j < ACTORS; j++)
            for (a = 0; a < shared->actors[i].count; a++)
                for (b = 0; b < shared->actors[j].count; b++) {
                    const struct result *one = &shared->actors[i].results[a];
                    const struct result *two = &shared->actors[j].results[b];

                    if (one->start < two->end && two->start < one->end)
                        return 1;
                }
    return 0;
}

/* Puts a round into words, and looks for them in the table of what is allowed. */
static void judge(int root)
{
    static char lines[ACTORS + 1][LINE];
    struct wrong *wrong;
    struct text text;
    int i, j, least = INT_MAX, nearest = 0, differs, raced = overlapped();

    for (i = 0; i < ACTORS; i++) {
        if (shared->actors[i].cut > 0) {
            shared->too_many_names++;
            return;
        }
        text.to = lines[i];
        text.left = LINE;
        for (j = 0; j < shared->actors[i].count; j++) {
            if (is_machine(shared->actors[i].results[j].err)) {
                shared->short_of_room++;
                return;
            }
            put(&text, "%s", j > 0 ? "; " : "");
            put_result(&text, &shared->actors[i], &shared->actors[i].results[j]);
        }
    }
    text.to = lines[ACTORS];
    text.left = LINE;
    put_left(&text, root);
    shared->rounds++;
    shared->overlapped += raced;
    for (i = 0; i < ALLOWED; i++) {
        for (differs = j = 0; j <= ACTORS && differs < least; j++)
            differs += differ(lines[j], allowed[i].lines[j]);
        if (differs < least) {
            least = differs;
            nearest = i;
        }
        if (differs == 0)
            break;
    }
    if (least == 0 && in_time(&allowed[nearest])) {
        shared->seen[nearest]++;
        return;
    }
    for (i = 0; i < shared->wrongs; i++) {
        for (j = 0; j <= ACTORS && strcmp(shared->wrong[i].lines[j], lines[j]) == 0; j++)
            ;
        if (j > ACTORS)
            break;
    }
    if (i == WRONGS) {
        shared->others++;
        return;
    }
    wrong = &shared->wrong[i];
    if (i == shared->wrongs) {
        shared->wrongs++;
        wrong->at = nearest;
        memcpy(wrong->lines, lines, sizeof lines);
        memcpy(wrong->actors, shared->actors, sizeof wrong->actors);
    }
    wrong->count++;
    wrong->raced += raced;
}
