/* The code that writes this byte at this offset. */
static int code_of(unsigned char byte, long long at)
{
    return 1 + (int)((byte + 254 - at % 255) % 255);
}
