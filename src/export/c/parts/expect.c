/* What is wrong with an errno that a call cannot return. */
static const char *code_of_errno(const struct result *r)
{
    if (r->kind == WROTE && r->err == EINVAL)
        return "einval-write";
    if (r->on_descriptor && (r->err == EBADF || r->err == ENOENT || r->err == ESTALE))
        return "dead-descriptor";
    return "unexpected-errno";
}

/* A step may end like this (0: success), in some order of what the actors do. If it ends like one of
 * `unsure`, that is no fault, but what follows from it is not known. */
static void expect(struct actor *me, int step, int err, const long long *may,
                   const long long *unsure)
{
    if (err == NOT_CALLED)
        return;
    me->runs[step]++;
    if (one_of(err, may))
        return;
    if (is_machine(err) || one_of(err, unsure)) {
        if (me->unsure == NULL) {
            me->unsure = me->last->call;
            me->unsure_err = err;
            me->unsure_since = me->last->start;
        }
        return;
    }
    if (err == 0)
        anomaly(me, step, "unexpected-errno", "forbidden", "it succeeded, and cannot have");
    else
        anomaly(me, step, code_of_errno(me->last), "forbidden", "%s", errno_name(err));
}
