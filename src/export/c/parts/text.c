/* A line that is being written. */
struct text {
    char *to;
    size_t left;
};

static void put(struct text *text, const char *format, ...)
{
    va_list list;
    int len;

    va_start(list, format);
    len = vsnprintf(text->to, text->left, format, list);
    va_end(list);
    if (len < 0 || (size_t)len >= text->left)
        len = text->left > 0 ? (int)text->left - 1 : 0;
    text->to += len;
    text->left -= (size_t)len;
}

/* Bytes as they stand, but for those of `but` and those that cannot be printed. */
static void put_escaped(struct text *text, const void *bytes, size_t len, const char *but)
{
    const unsigned char *byte = bytes;

    for (; len > 0; len--, byte++)
        if (*byte < ' ' || *byte > '~' || strchr(but, *byte) != NULL)
            put(text, "\\x%02x", *byte);
        else
            put(text, "%c", *byte);
}

static void put_name(struct text *text, const char *name)
{
    put_escaped(text, name, strlen(name), "\"\\; ,=[]:");
}

static void put_quoted(struct text *text, const void *bytes, size_t len)
{
    put(text, "\"");
    put_escaped(text, bytes, len, "\"\\;");
    put(text, "\"");
}
