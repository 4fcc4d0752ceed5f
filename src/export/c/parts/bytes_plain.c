/* Bytes that were read, in words: texts, and zeros in between. */
static void put_bytes(struct text *text, const unsigned char *bytes, size_t len, long long at)
{
    const char *plus = "";
    size_t i = 0, end;

    (void)at;
    if (len == 0)
        put(text, "nothing");
    while (i < len) {
        for (end = i; end < len && (bytes[end] == 0) == (bytes[i] == 0); end++)
            ;
        put(text, "%s", plus);
        if (bytes[i] == 0)
            put(text, "%lu zero B", (unsigned long)(end - i));
        else
            put_quoted(text, bytes + i, end - i);
        plus = " + ";
        i = end;
    }
}
