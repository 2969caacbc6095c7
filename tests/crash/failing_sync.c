/* While the file that FAILING_SYNC names is there, fdatasync fails as it does on a disk that breaks. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int file) {
    const char *fails = getenv("FAILING_SYNC");
    if (fails && access(fails, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_fdatasync, file);
}
