"""Runs a command on a terminal of its own, and shows what it writes there.

usage: on-terminal.py COLUMNS COMMAND …
A line on stdin with a number gives the terminal that many columns; the end of stdin interrupts the command.
Its exit code is ours.
"""
import fcntl, os, pty, select, signal, struct, sys, termios


def resize(fd, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))


pid, terminal = pty.fork()
if pid == 0:
    resize(0, int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])

sources = [terminal, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        line = os.read(0, 100)
        if line:
            resize(terminal, int(line))
        else:
            os.kill(pid, signal.SIGINT)
            sources.remove(0)
    if terminal in ready:
        try:
            said = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        os.write(1, said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
