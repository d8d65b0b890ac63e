# Messages over the library websockets; every one comes back: websockets-client.py PORT
import asyncio
import sys
import websockets


async def talk(path, compression):
    url = f'ws://127.0.0.1:{sys.argv[1]}{path}'
    async with websockets.connect(url, compression=compression, ping_interval=None) as socket:
        for _ in range(21):
            await socket.recv()
        for i in range(50):
            text = f'python {i} ' * (i + 1)
            await socket.send(text)
            assert await socket.recv() == text
        await socket.send(b'bytes')
        await socket.recv()
        await socket.send(['frag', 'ments', ' of ', 'python'])
        await socket.recv()
        await (await socket.ping('hello'))


async def main():
    await talk('/python/plain', None)
    await talk('/python/deflate', 'deflate')


asyncio.run(main())
