# Calls of all kinds; says the outcome of each: grpc-client.py PORT
import sys
import grpc


def outcome(name, call):
    try:
        call()
        print(name, 'OK')
    except grpc.RpcError as error:
        print(name, error.code().name)


def path(name):
    return f'/test.Test/{name}'


with grpc.insecure_channel(f'127.0.0.1:{sys.argv[1]}') as channel:
    for i in range(3):
        outcome('Unary', lambda: channel.unary_unary(path('Unary'))(b'\x12\x05world', metadata=(('x-meta', 'same'),)))
    outcome('Unary', lambda: channel.unary_unary(path('Unary'))(b'\x1a\x05gzips', compression=grpc.Compression.Gzip))
    outcome('Fail', lambda: channel.unary_unary(path('Fail'))(b''))
    outcome('Absent', lambda: channel.unary_unary(path('Absent'))(b''))
    outcome('Slow', lambda: channel.unary_unary(path('Slow'))(b'', timeout=0.3))
    outcome('Count', lambda: list(channel.unary_stream(path('Count'))(b'')))
    outcome('Collect', lambda: channel.stream_unary(path('Collect'))(iter([b'\n\x01a', b'\n\x01b', b'\n\x01c'])))
    outcome('Chat', lambda: list(channel.stream_stream(path('Chat'))(iter([b'\n\x01a', b'\n\x01b']))))
