# A gRPC server without schema: messages are bytes. grpc-server.py PORT
import sys
import time
from concurrent import futures
import grpc


def unary(request, context):
    context.set_trailing_metadata((('x-trailer', 'there'),))
    return b'\n\x05hello' + request


def fail(request, context):
    context.abort(grpc.StatusCode.NOT_FOUND, 'no "café"')


def slow(request, context):
    time.sleep(2)
    return b''


def count(request, context):
    for i in range(5):
        yield bytes([8, i + 1])


def collect(requests, context):
    return bytes([8, sum(1 for _ in requests)])


def chat(requests, context):
    for request in requests:
        yield request


class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return {
            '/test.Test/Unary': grpc.unary_unary_rpc_method_handler(unary),
            '/test.Test/Fail': grpc.unary_unary_rpc_method_handler(fail),
            '/test.Test/Slow': grpc.unary_unary_rpc_method_handler(slow),
            '/test.Test/Count': grpc.unary_stream_rpc_method_handler(count),
            '/test.Test/Collect': grpc.stream_unary_rpc_method_handler(collect),
            '/test.Test/Chat': grpc.stream_stream_rpc_method_handler(chat),
        }.get(details.method)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
server.add_generic_rpc_handlers((Handler(),))
server.add_insecure_port(f'127.0.0.1:{sys.argv[1]}')
server.start()
print('ready', flush=True)
server.wait_for_termination()
