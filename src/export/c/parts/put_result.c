static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a scan, sorted. */
static void put_names(struct text *text, const char *names, long long count)
{
    const char **sorted = calloc((size_t)count + 1, sizeof *sorted);
    long long i;

    if (sorted == NULL)
        return;
    if (count == 0)
        put(text, "no names");
    for (i = 0; i < count; i++, names += strlen(names) + 1)
        sorted[i] = names;
    qsort(sorted, (size_t)count, sizeof *sorted, by_name);
    for (i = 0; i < count; i++) {
        put(text, "%s", i > 0 ? ", " : "");
        put_name(text, sorted[i]);
    }
    free(sorted);
}

/* What a call returned, in words. The table of allowed outcomes is in the same words. */
static void put_result(struct text *text, const struct actor *who, const struct result *r)
{
    const char *data = who->room + r->data;

    put(text, "%.*s ", (int)strcspn(r->call, " "), r->call);
    if (r->err == NOT_CALLED)
        put(text, "not called");
    else if (r->err != 0)
        put(text, "%s", errno_name(r->err));
    else
        switch (r->kind) {
        case PLAIN: put(text, "ok"); break;
        case WROTE: put(text, "%lld B", r->value); break;
        case MOVED_TO: put(text, "to %lld", r->value); break;
        case BYTES:
            put_bytes(text, (const unsigned char *)data, (size_t)r->value, r->at);
            break;
        case NAMES: put_names(text, data, r->value); break;
        case LINK_TEXT: put_quoted(text, data, (size_t)r->value); break;
        case STAT: put_stat(text, &r->st); break;
        }
}
