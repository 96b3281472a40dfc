"""A proxy on loopback that adds a round trip and counts connections.

    delay.py LISTEN TARGET SECONDS COUNTFILE

A new connection waits one round trip, as for TCP's own handshake; then half of one each way.
"""
import asyncio
import sys

listen, target, delay, count_file = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
count = 0


async def pipe(reader, writer):
    try:
        while data := await reader.read(65536):
            await asyncio.sleep(delay / 2)
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def connected(reader, writer):
    global count
    count += 1
    with open(count_file, "w") as file:
        file.write(str(count))
    await asyncio.sleep(delay)
    try:
        onward = await asyncio.open_connection("127.0.0.1", target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pipe(reader, onward[1]), pipe(onward[0], writer))


async def main():
    server = await asyncio.start_server(connected, "127.0.0.1", listen, backlog=1024)
    async with server:
        await server.serve_forever()


asyncio.run(main())
