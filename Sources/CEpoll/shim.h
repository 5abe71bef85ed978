/* What Swift's module of the C library leaves out. */
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* The structure is packed, which Swift lays out otherwise than C on some machines. */
static inline int millrace_epoll_control(int epoll, int operation, int descriptor, uint32_t events,
                                         uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

/* Waits, and writes token and events of each descriptor that is ready, at most 128. */
static inline int millrace_epoll_wait(int epoll, int milliseconds, uint64_t *tokens, uint32_t *events) {
    struct epoll_event ready[128];
    int count = epoll_wait(epoll, ready, 128, milliseconds);
    for (int index = 0; index < count; index++) {
        tokens[index] = ready[index].data.u64;
        events[index] = ready[index].events;
    }
    return count;
}
