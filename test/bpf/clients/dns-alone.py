"""A query and its answer between two sockets of this process. Argument: the name."""
import socket
import sys

asking, answering = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
answering.bind(('127.0.0.1', 0))
labels = b''.join(bytes([len(label)]) + label.encode() for label in sys.argv[1].split('.'))
question = bytes([0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])
asking.sendto(bytes([0, 7, 1, 0]) + question, answering.getsockname())
_, peer = answering.recvfrom(512)
answering.sendto(bytes([0, 7, 0x81, 0x80]) + question, peer)
asking.recvfrom(512)
