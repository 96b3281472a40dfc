"""A proxy on loopback that adds a round trip and counts connections.

    delay.py LISTEN TARGET SECONDS COUNTFILE [MANY]

With MANY, as many ports in a row lead to as many.
A new connection waits one round trip, as for TCP's own handshake; then half of one each way.
"""
import asyncio
import sys

listen, target, delay, count_file = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
many = int(sys.argv[5]) if len(sys.argv) > 5 else 1
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


async def connected(reader, writer, port):
    global count
    count += 1
    with open(count_file, "w") as file:
        file.write(str(count))
    await asyncio.sleep(delay)
    try:
        onward = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pipe(reader, onward[1]), pipe(onward[0], writer))


async def main():
    for number in range(many):
        towards = lambda reader, writer, port=target + number: connected(reader, writer, port)
        await asyncio.start_server(towards, "127.0.0.1", listen + number, backlog=1024)
    await asyncio.Event().wait()


asyncio.run(main())
