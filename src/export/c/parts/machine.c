/* Whether an errno tells of the machine, and nothing about the filesystem. */
static int is_machine(int err)
{
    return err == ENOSPC || err == EDQUOT || err == EFBIG || err == ENOMEM || err == EMFILE ||
           err == ENFILE || err == EROFS || err == ENOLCK;
}
