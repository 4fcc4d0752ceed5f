/* Notes a call that is not made, because the descriptor that it needs is not open. */
static int not_called(struct actor *me, const char *call)
{
    struct result *r = begin(me, call, 0);

    finish(me, r, 0);
    r->err = NOT_CALLED;
    return NOT_CALLED;
}
