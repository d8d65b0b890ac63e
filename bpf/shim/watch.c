// SPDX-License-Identifier: Apache-2.0
// A thread that waits for the rings to be woken and says so on a socket pair, so that an event loop need not poll in a hurry.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

// As they were before glibc 2.34 moved them from libpthread to libc: since the first glibc for the architecture.
#ifdef __aarch64__
#define FIRST_GLIBC "GLIBC_2.17"
#else
#define FIRST_GLIBC "GLIBC_2.2.5"
#endif
__asm__(".symver pthread_create, pthread_create@" FIRST_GLIBC);
__asm__(".symver pthread_detach, pthread_detach@" FIRST_GLIBC);

#define LINGER_NS 2000000 /* at most one byte in this time */

struct watcher {
	int epoll;
	int quit;
	int say;
};

static void *watch(void *arg)
{
	struct watcher watcher = *(struct watcher *)arg;
	struct epoll_event event;

	free(arg);
	for (;;) {
		if (epoll_wait(watcher.epoll, &event, 1, -1) == 1) {
			if (event.data.fd == watcher.quit)
				break;
			send(watcher.say, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		}
		nanosleep(&(struct timespec){ .tv_nsec = LINGER_NS }, NULL);
	}
	close(watcher.epoll);
	close(watcher.quit);
	close(watcher.say);
	return NULL;
}

static int add(int epoll, int fd)
{
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){ .events = EPOLLIN | EPOLLET, .data.fd = fd });
}

/* No signal of the process may be taken by this thread. */
static int start(struct watcher *watcher)
{
	pthread_t thread;
	sigset_t all, before;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, watch, watcher);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (!error)
		pthread_detach(thread);
	return -error;
}

int st_watch(int handle)
{
	struct object *object = find_object(handle);
	struct bpf_map *control, *events;
	struct watcher *watcher;
	int pair[2];

	if (!object)
		return -EBADF;
	control = bpf_object__find_map_by_name(object->bpf, "control");
	events = bpf_object__find_map_by_name(object->bpf, "events");
	if (!control || !events || !object->control.size || object->watch_fd)
		return fail(-EINVAL, "watch: no rings, or watched already");
	watcher = malloc(sizeof(*watcher));
	if (!watcher || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair))
		return fail(-errno, "watch: socketpair");
	*watcher = (struct watcher){ .epoll = epoll_create1(EPOLL_CLOEXEC), .quit = eventfd(0, EFD_CLOEXEC), .say = pair[1] };
	object->watch_fd = dup(watcher->quit);
	if (add(watcher->epoll, watcher->quit) || add(watcher->epoll, bpf_map__fd(control)) ||
	    add(watcher->epoll, bpf_map__fd(events)) || start(watcher))
		return fail(-EIO, "watch: no thread");
	return pair[0];
}

void watch_close(struct object *object)
{
	if (!object->watch_fd)
		return;
	eventfd_write(object->watch_fd, 1);
	close(object->watch_fd);
	object->watch_fd = 0;
}
