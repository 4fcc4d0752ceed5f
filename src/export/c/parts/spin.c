static void do_spin(long long ns)
{
    long long until = now() + ns;

    while (now() < until)
        ;
}
