// Makes a source of its own.
#include "io/socket/good.hpp"
/* g_idle_add() over
   more than one line */
unsigned wait(int fd) {
    return g_unix_fd_add(fd, G_IO_IN, nullptr, nullptr);
}
void list() {
    g_unix_fd_list_new();
}
