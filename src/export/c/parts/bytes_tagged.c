/* How many bytes go on like the first: as zeros, or as one write. */
static size_t run(const unsigned char *bytes, size_t len)
{
    size_t n = 1;

    if (bytes[0] == 0)
        while (n < len && bytes[n] == 0)
            n++;
    else
        while (n < len && bytes[n] == 1 + (bytes[n - 1] % 255))
            n++;
    return n;
}

static const char *writer(int code)
{
    size_t i;

    for (i = 0; i < sizeof writers / sizeof writers[0]; i++)
        if (writers[i].code == code)
            return writers[i].name;
    return NULL;
}

static int is_tagged(const unsigned char *bytes, size_t len, long long at)
{
    return len >= 8 || (at >= 0 && writer(code_of(bytes[0], at)) != NULL);
}

/* Bytes that were read at an offset (-1: not known), in words: who wrote them, texts, and zeros. */
static void put_bytes(struct text *text, const unsigned char *bytes, size_t len, long long at)
{
    const char *plus = "";
    size_t i = 0, end, n;
    int code;

    if (len == 0)
        put(text, "nothing");
    while (i < len) {
        n = run(bytes + i, len - i);
        put(text, "%s", plus);
        plus = " + ";
        if (bytes[i] == 0) {
            put(text, "%lu zero B", (unsigned long)n);
        } else if (!is_tagged(bytes + i, n, at < 0 ? -1 : at + (long long)i)) {
            end = i + n;
            while (end < len && bytes[end] != 0) {
                n = run(bytes + end, len - end);
                if (is_tagged(bytes + end, n, at < 0 ? -1 : at + (long long)end))
                    break;
                end += n;
            }
            put_quoted(text, bytes + i, end - i);
            n = end - i;
        } else if (at < 0) {
            put(text, "%lu B that begin with %d", (unsigned long)n, bytes[i]);
        } else {
            code = code_of(bytes[i], at + (long long)i);
            if (writer(code) != NULL)
                put(text, "%lu B of %s", (unsigned long)n, writer(code));
            else
                put(text, "%lu B of code %d", (unsigned long)n, code);
        }
        i += n;
    }
}
