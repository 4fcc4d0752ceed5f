/* Descriptors that are opened before the start of a round. The other processes live already: they are
 * sent to each actor through a socket. */
static int sockets[ACTORS][2];

static void open_to_all(void)
{
    char byte = 0;
    struct iovec one = { &byte, 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(SHARED * sizeof opened[0])];
    } control;
    struct msghdr message;
    int i;

    for (i = 0; i < ACTORS; i++) {
        memset(&message, 0, sizeof message);
        memset(&control, 0, sizeof control);
        message.msg_iov = &one;
        message.msg_iovlen = 1;
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(SHARED * sizeof opened[0]);
        memcpy(CMSG_DATA(&control.header), opened, SHARED * sizeof opened[0]);
        if (sendmsg(sockets[i][0], &message, 0) < 0)
            failed("a shared descriptor");
    }
}

static void take_shared(struct actor *me, int index)
{
    char byte;
    struct iovec one = { &byte, 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(SHARED * sizeof opened[0])];
    } control;
    struct msghdr message;

    memset(&message, 0, sizeof message);
    message.msg_iov = &one;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    if (recvmsg(sockets[index][1], &message, 0) < 0)
        failed("a shared descriptor");
    else if ((message.msg_flags & MSG_CTRUNC) != 0)
        errno = EMFILE, failed("a shared descriptor");
    else
        memcpy(me->inherited, CMSG_DATA(&control.header), SHARED * sizeof opened[0]);
}

static void close_shared(void)
{
    int i;

    for (i = 0; i < SHARED; i++)
        close(opened[i]);
}
