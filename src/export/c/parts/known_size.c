/* Sizes that are told apart; any other is as good as another. */
static long long known_size(long long size)
{
    return one_of(size, sizes) ? size : OTHER_SIZE;
}
