"""A TCP client whose every call is known: a JSON array a line on stdin, a JSON value a line on stdout for each. Its other end
is a process of its own, which reads whatever comes. The first line that it says: [port, pid of the client].

["open", n] more connections · ["reset", first, end], which ends them at once · ["send", first, end, times, bytes]: so many calls on each of them ·
["say", connection, text] · ["answer", connection, text]: the other end sends it, we receive it in one call ·
["splice", connection, bytes]: the other end sends them, we move them into a pipe ·
["begin-receive", bytes] on a new connection, in one call that waits · ["end-receive"]: there they are, and it returns ·
["send-untouched", bytes] out of a file in memory that was never looked at · ["send-and-hide", bytes, from, to]: a call during which a part of its buffer becomes unreadable ·
["send-and-hide-array", bytes]: … the array that says where the buffers are · ["receive-and-hide", bytes, from, to]
"""
import ctypes, fcntl, json, mmap, os, resource, select, socket, struct, sys, tempfile, termios, threading, time

SYS_RECVFROM = {'x86_64': 45, 'aarch64': 207}[os.uname().machine]
SIOCOUTQ = termios.TIOCOUTQ
PAGE = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)
libc.recv.restype = libc.sendmsg.restype = ctypes.c_ssize_t
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))


def receive_or_close(s):
    try:
        more = s.recv(1 << 20)
    except ConnectionResetError:
        more = b''
    if not more:
        s.close()


def other_end(listener, orders, done):
    """Reads what comes; ["read", false] stops that, [n, text, times] sends on the n-th connection."""
    accepted, reading = [], True
    while True:
        ready = select.poll()
        for fd in [orders.fileno(), listener.fileno()] + [s.fileno() for s in accepted if reading and s.fileno() >= 0]:
            ready.register(fd, select.POLLIN)
        fds = {fd for fd, _ in ready.poll()}
        if orders.fileno() in fds:
            order = orders.readline()
            if not order:
                return
            what, *args = json.loads(order)
            if what == 'read':
                reading = args[0]
            else:
                while len(accepted) <= what:
                    accepted.append(listener.accept()[0])
                accepted[what].sendall(args[0].encode() * args[1])
            print(file=done, flush=True)
        elif listener.fileno() in fds:
            accepted.append(listener.accept()[0])
        else:
            for s in accepted:
                if s.fileno() in fds:
                    receive_or_close(s)


listener = socket.create_server(('127.0.0.1', 0), backlog=4096)
port = listener.getsockname()[1]
order_pipe, done_pipe = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(order_pipe[1])
    other_end(listener, open(order_pipe[0], 'r', buffering=1), open(done_pipe[1], 'w'))
    os._exit(0)
os.close(order_pipe[0])
orders, done = open(order_pipe[1], 'w'), open(done_pipe[0])
connections = []


def order(*what):
    print(json.dumps(what), file=orders, flush=True)
    done.readline()


def open_more(n):
    for _ in range(n):
        s = socket.create_connection(('127.0.0.1', port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections.append(s)
    return len(connections)


def reset(first, end):
    for s in connections[first:end]:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        s.close()


def send(first, end, times, size):
    data = b'x' * size
    for s in connections[first:end]:
        for _ in range(times):
            assert s.send(data) == size


def say(i, text):
    assert connections[i].send(text.encode()) == len(text)


def answer(i, text):
    order(i, text, 1)
    assert connections[i].recv(len(text), socket.MSG_WAITALL) == text.encode()


def splice(i, size):
    order(i, 'x', size)
    into, out = os.pipe()
    while size:
        moved = libc.splice(connections[i].fileno(), None, out, None, size, 0)
        assert moved > 0
        os.read(into, moved)
        size -= moved


waiting = []


def begin_receive(size):
    open_more(1)
    receive = lambda: waiting.append(connections[-1].recv(size, socket.MSG_WAITALL))
    waiting[:] = [size, threading.Thread(target=receive)]
    waiting[1].start()
    # The first word: which call it is in.
    while open(f'/proc/self/task/{waiting[1].native_id}/syscall').read().split()[0] != str(SYS_RECVFROM):
        time.sleep(0.01)


def end_receive():
    size, thread = waiting
    order(len(connections) - 1, 'x', size)
    thread.join()
    assert len(waiting[2]) == size


def send_untouched(size):
    open_more(1)
    with tempfile.TemporaryFile() as file:
        file.write(b'x' * size)
        file.flush()
        pages = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE)
        assert connections[-1].send(memoryview(pages)) == size


def hide(address, length, hidden=True):
    assert libc.mprotect(ctypes.c_void_p(address), length, 0 if hidden else mmap.PROT_READ | mmap.PROT_WRITE) == 0


def memory(size):
    """→ pages, written to, and their address."""
    pages = mmap.mmap(-1, size)
    pages.write(b'x' * size)
    return pages, ctypes.addressof(ctypes.c_char.from_buffer(pages))


def while_it_waits(call, blocked, address, first, end, go_on):
    """Hides [first, end) when the call has begun and waits, lets it go on, and shows them again. → what it returned"""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    while not blocked():
        time.sleep(0.01)
    hide(address + first, end - first)
    go_on()
    thread.join()
    hide(address + first, end - first, False)
    return results[0]


def queued(s):
    return struct.unpack('i', fcntl.ioctl(s, SIOCOUTQ, b'\0' * 4))[0]


def stands_still(measure, least):
    """→ whether as much has been reached, and has not changed for a while."""
    last = [None, 0]

    def still():
        now = measure()
        if now != last[0]:
            last[:] = [now, time.monotonic()]
        return now >= least and time.monotonic() - last[1] > 0.3

    return still


def connect_for_waiting():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    s.connect(('127.0.0.1', port))
    connections.append(s)
    return s


def send_and_hide(size, first, end):
    pages, address = memory(size)
    s = connect_for_waiting()
    order('read', False)
    send = lambda: s.send(memoryview(pages))
    blocked = stands_still(lambda: queued(s), end)
    assert while_it_waits(send, blocked, address, first, end, lambda: order('read', True)) == size


class Iovec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [('name', ctypes.c_void_p), ('namelen', ctypes.c_uint), ('iov', ctypes.c_void_p),
                ('iovlen', ctypes.c_size_t), ('control', ctypes.c_void_p), ('controllen', ctypes.c_size_t),
                ('flags', ctypes.c_int)]


def send_and_hide_array(size):
    pages, address = memory(size)
    array, array_address = memory(PAGE)
    ctypes.memmove(array_address, bytes(Iovec(address, size)), ctypes.sizeof(Iovec))
    message = Msghdr(iov=array_address, iovlen=1)
    s = connect_for_waiting()
    order('read', False)
    send = lambda: libc.sendmsg(s.fileno(), ctypes.byref(message), 0)
    blocked = stands_still(lambda: queued(s), 1)
    assert while_it_waits(send, blocked, array_address, 0, PAGE, lambda: order('read', True)) == size


def receive_and_hide(size, first, end):
    pages, address = memory(size)
    open_more(1)
    s, i = connections[-1], len(connections) - 1
    receive = lambda: libc.recv(s.fileno(), ctypes.c_void_p(address), size, socket.MSG_WAITALL)
    order(i, 'x', end)
    # While the call runs the kernel has the socket locked, and nobody else learns how much is there.
    there = lambda: -struct.unpack('i', fcntl.ioctl(s, termios.FIONREAD, b'\0' * 4))[0]
    assert while_it_waits(receive, stands_still(there, 0), address, first, end, lambda: order(i, 'x', size - end)) == size


DO = {
    'open': open_more,
    'reset': reset,
    'send': send,
    'say': say,
    'answer': answer,
    'splice': splice,
    'begin-receive': begin_receive,
    'end-receive': end_receive,
    'send-untouched': send_untouched,
    'send-and-hide': send_and_hide,
    'send-and-hide-array': send_and_hide_array,
    'receive-and-hide': receive_and_hide,
}

print(json.dumps([port, os.getpid()]), flush=True)
for line in sys.stdin:
    what, *args = json.loads(line)
    print(json.dumps(DO[what](*args)), flush=True)
