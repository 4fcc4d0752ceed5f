/* Puts the name of an entry behind those that are in the room, unless there is no more room for any. */
static void add_name(struct result *r, char *to, size_t *used, const char *name)
{
    size_t len = strlen(name) + 1;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || r->value == TOO_MANY)
        return;
    if (*used + len > NAMES_ROOM) {
        r->value = TOO_MANY;
        return;
    }
    memcpy(to + *used, name, len);
    *used += len;
    r->value++;
}
