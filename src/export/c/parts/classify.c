enum reads { ALL_OF, PART_OF, MIXED, WITH_ZEROS, ZEROS, FOREIGN, NOTHING };
static const char *const reads_in_words[] = { "all of ", "a part of ", "a mixture of what was written",
    "what was written, and zeros", "zeros", "bytes that nobody wrote", "nothing" };

static int owner_of(int code)
{
    int i;

    for (i = 0; i < CONTENTS; i++)
        if (contents[i].text == NULL && code >= contents[i].first &&
            code < contents[i].first + contents[i].codes)
            return i;
    return -1;
}

/* How many bytes go on as what this code writes. */
static long long goes_on(const unsigned char *bytes, long long len, int code, long long at)
{
    const unsigned char *wanted = tagged(code, at);
    long long n = 0;

    while (n < len && bytes[n] == wanted[n])
        n++;
    return n;
}

/* Whether what was read is all of a content: to its end, or as much as was asked for. */
static int is_all(int item, const unsigned char *bytes, long long len, long long at, long long asked)
{
    const struct content *content = &contents[item];

    if (len == 0 || at + len > content->size || (len < asked && at + len < content->size))
        return 0;
    if (content->text != NULL)
        return memcmp(content->text + at, bytes, (size_t)len) == 0;
    return owner_of(code_of(bytes[0], at)) == item &&
           goes_on(bytes, len, code_of(bytes[0], at), at) == len;
}

static int is_likely(int item, const long long *likely)
{
    return likely == NULL || one_of(item, likely);
}

/* What was read, if it is from these contents. */
static enum reads classify_within(const unsigned char *bytes, long long len, long long at,
                                  long long asked, const long long *likely, int *item)
{
    long long i, from;
    int zeros = 0, runs = 0, k, code, found;

    for (k = 0; k < CONTENTS; k++)
        if (is_likely(k, likely) && is_all(k, bytes, len, at, asked))
            return *item = k, ALL_OF;
    for (k = 0; k < CONTENTS; k++) {
        from = at < contents[k].size ? at : contents[k].size;
        if (is_likely(k, likely) && contents[k].text != NULL && len <= contents[k].size - from &&
            memcmp(contents[k].text + from, bytes, (size_t)len) == 0)
            return *item = k, PART_OF;
    }
    for (i = 0; i < len;) {
        if (bytes[i] == 0) {
            zeros = 1;
            i++;
            continue;
        }
        code = code_of(bytes[i], at + i);
        if (owner_of(code) >= 0 && is_likely(owner_of(code), likely)) {
            *item = owner_of(code);
            runs++;
            i += goes_on(bytes + i, len - i, code, at + i);
            continue;
        }
        for (found = k = 0; k < CONTENTS; k++)
            found |= is_likely(k, likely) && contents[k].text != NULL &&
                     (size_t)(at + i) < (size_t)contents[k].size &&
                     contents[k].text[(size_t)(at + i)] == (char)bytes[i];
        if (!found)
            return FOREIGN;
        runs += 2;
        i++;
    }
    return zeros ? (runs == 0 ? ZEROS : WITH_ZEROS) : runs == 1 ? PART_OF : MIXED;
}

/* What was read. Bytes that can be from the likely contents are from those. */
static enum reads classify(const unsigned char *bytes, const struct result *r, const long long *likely,
                           int *item)
{
    enum reads what;

    if (r->value == 0)
        return NOTHING;
    what = classify_within(bytes, r->value, r->at, r->asked, likely, item);
    if (what == FOREIGN && likely != NULL)
        what = classify_within(bytes, r->value, r->at, r->asked, NULL, item);
    return what;
}
