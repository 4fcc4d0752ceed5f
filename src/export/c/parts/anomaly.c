/* Notes something that must not be. What is wrong with one call in several ways of one code counts once:
 * the rate is one of calls. */
static void anomaly(struct actor *me, int step, const char *code, const char *class,
                    const char *format, ...)
{
    struct wrong *wrong;
    va_list list;
    int i;

    for (i = 0; i < me->wrongs; i++)
        if (me->wrong[i].step == step && strcmp(me->wrong[i].code, code) == 0) {
            me->wrong[i].count += me->wrong[i].seen_in != me->count;
            me->wrong[i].seen_in = me->count;
            return;
        }
    if (i == WRONGS)
        return;
    wrong = &me->wrong[i];
    wrong->step = step;
    wrong->code = code;
    wrong->class = class;
    wrong->call = me->last->call;
    wrong->count = 1;
    wrong->seen_in = me->count;
    va_start(list, format);
    vsnprintf(wrong->what, sizeof wrong->what, format, list);
    va_end(list);
    for (i = 0; i < ACTORS; i++) {
        /* The count first: the others go on, and what it counts is then in the ring. */
        wrong->counts[i] = shared->actors[i].count;
        memcpy(wrong->rings[i], shared->actors[i].results, sizeof wrong->rings[i]);
    }
    me->wrongs++;
}
