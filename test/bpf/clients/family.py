"""A family of processes, each of which makes one HTTP request; prints a JSON array [path, pid] for each.

usage: family.py PORT            itself, a thread, a child, a grandchild, an orphan, one that was spawned, one that executes
       family.py PORT again      a child that asks after a line on stdin, and then another with the same pid
"""
import ctypes, json, os, socket, subprocess, sys, threading, time

port = int(sys.argv[1])
BASH = 'exec 3<>/dev/tcp/127.0.0.1/%d; printf "GET %s HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n" >&3; ' \
       'while read -r _; do :; done <&3; echo "[\\"%s\\", $$]"'


def ask(path):
    with socket.create_connection(('127.0.0.1', port)) as s:
        s.sendall(f'GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'.encode())
        while s.recv(4096):
            pass
    os.write(1, (json.dumps([path, os.getpid()]) + '\n').encode())


def bash(path):
    return ['/bin/bash', '-c', BASH % (port, path, path)]


def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def orphan(pipe):
    """Forked twice, its parent has ended, in a session of its own."""
    os.setsid()
    child(lambda: (time.sleep(0.05), ask('/orphan'), os.close(pipe)))


def everyone():
    done, held = os.pipe()
    ask('/self')
    thread = threading.Thread(target=ask, args=['/thread'])
    thread.start()
    thread.join()
    for pid in [
        child(lambda: ask('/child')),
        child(lambda: os.waitpid(child(lambda: ask('/grandchild')), 0)),
        child(lambda: orphan(held)),
        child(lambda: os.execv('/bin/bash', bash('/exec'))),
    ]:
        os.waitpid(pid, 0)
    subprocess.run(bash('/spawned'), check=True)
    os.close(held)
    os.read(done, 1)


class CloneArgs(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ('flags', 'pidfd', 'child_tid', 'parent_tid', 'exit_signal', 'stack',
                                                     'stack_size', 'tls', 'set_tid', 'set_tid_size', 'cgroup')]


def child_as(pid, work):
    """fork(), but the child gets this number: clone3 with set_tid, clone(2)."""
    numbers = (ctypes.c_int * 1)(pid)
    args = CloneArgs(exit_signal=17, set_tid=ctypes.addressof(numbers), set_tid_size=1)
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(435, ctypes.byref(args), ctypes.c_size_t(ctypes.sizeof(args)))
    if made == 0:
        try:
            work()
        finally:
            os._exit(0)
    if made < 0:
        sys.exit(os.strerror(ctypes.get_errno()))


def again():
    pid = child(lambda: (sys.stdin.readline(), ask('/first')))
    print(json.dumps(['started', pid]), flush=True)
    os.waitpid(pid, 0)
    time.sleep(0.1)
    child_as(pid, lambda: ask('/second'))
    os.waitpid(pid, 0)


again() if sys.argv[2:] == ['again'] else everyone()
