static unsigned long long seed = 88172645463325252u;

static long long draw(long long below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return below > 0 ? (long long)(seed % (unsigned long long)below) : 0;
}

/* Draws when each actor begins: one of them is the reference, and every other one begins somewhere
 * between so early that it is done when the reference begins, and so late that the reference is. */
static void draw_offsets(long long round, const long long *usual)
{
    long long longest = 0, earliest = 0;
    int i, reference = (int)draw(ACTORS);

    for (i = 0; i < ACTORS; i++) {
        longest = usual[i] > longest ? usual[i] : longest;
        shared->offset[i] = 0;
    }
    if (round <= 16)
        return;
    for (i = 0; i < ACTORS; i++) {
        shared->offset[i] =
            i == reference ? longest : longest - usual[i] + draw(usual[i] + usual[reference] + 1);
        earliest = i == 0 || shared->offset[i] < earliest ? shared->offset[i] : earliest;
    }
    for (i = 0; i < ACTORS; i++)
        shared->offset[i] -= earliest;
}

/* Makes the directory of a round with what is there at the start. */
static int make_round(int target, const char *name)
{
    int root;

    if (mkdirat(target, name, 0755) < 0)
        return failed("the directory of a round"), -1;
    root = openat(target, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return failed("the directory of a round"), -1;
    if (make_fixture(root) < 0) {
        close(root);
        return -1;
    }
    return root;
}

/* The first actor: opens the rounds, takes part in them, and judges them. */
static void *lead(void *unused)
{
    struct actor *me = &shared->actors[0];
    long long round, usual[ACTORS] = { 0 }, took, since;
    char name[32];
    int target = open(sandbox[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC), root, i;

    (void)unused;
    for (round = 1; !LOAD(shared->stop) && (most == 0 || round <= most); round++) {
        snprintf(name, sizeof name, "round-%lld", round);
        root = make_round(target, name);
        if (root < 0)
            break;
        draw_offsets(round, usual);
        STORE(shared->open, round);
        open_to_all();
        enter(me, 0, round);
        for (i = 0; i < ACTORS; i++)
            for (since = 0; LOAD(shared->actors[i].entered) < round;)
                rest(&since);
        shared->moment = now() + 2000;
        STORE(shared->start, round);
        run_actor(me, 0, round);
        for (i = 0; i < ACTORS; i++)
            for (since = 0; LOAD(shared->actors[i].arrived) < round;)
                rest(&since);
        if (LOAD(shared->failed) == 0)
            judge(root);
        close_shared();
        for (i = 0; i < ACTORS; i++) {
            /* What it usually takes: an actor that lost its processor says nothing about that. */
            took = shared->actors[i].took;
            if (round == 1 || took < usual[i])
                usual[i] -= (usual[i] - took) / (round == 1 ? 1 : 4);
            else
                usual[i] += took - usual[i] < usual[i] / 16 + 50 ? took - usual[i] : usual[i] / 16 + 50;
        }
        close(root);
        remove_tree(target, name);
        if (LOAD(shared->failed) != 0)
            break;
    }
    STORE(shared->open, FOREVER);
    return NULL;
}
