/* The orders of the calls are too many to be listed: when each call ran is not looked at. */
static int in_time(const struct outcome *outcome)
{
    (void)outcome;
    return 1;
}
