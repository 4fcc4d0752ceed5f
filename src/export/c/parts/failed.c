/* Notes what of the fixture could not be made. */
static void failed(const char *what)
{
    int err = errno;

    snprintf(shared->failed_at, sizeof shared->failed_at, "%.255s", what);
    STORE(shared->failed, err);
}
