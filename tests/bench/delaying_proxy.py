"""A TCP proxy that holds every byte back for a while each way, as distance would."""
import asyncio
import collections
import threading


class DelayingProxy:
    """Listens on (address, port) pairs and forwards each to its target; `delay` seconds each way.

    A connection is answered at once by the kernel here, so the handshake's own round trip is paid by
    holding back the first bytes for one more round trip.
    """

    def __init__(self, routes, delay):
        self.routes, self.delay = routes, delay
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        for (address, port), target in self.routes.items():
            self.loop.run_until_complete(asyncio.start_server(self._serving(target), address, port, backlog=1024))
        self.ready.set()
        self.loop.run_forever()

    def _serving(self, target):
        async def serve(reader, writer):
            await asyncio.sleep(2 * self.delay)
            try:
                far_reader, far_writer = await asyncio.open_connection(*target)
            except OSError:
                writer.close()
                return
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        return serve

    async def _carry(self, reader, writer):
        """Each piece leaves `delay` after it came, whatever comes meanwhile."""
        pieces, arrived = collections.deque(), asyncio.Event()

        async def send():
            while True:
                while not pieces:
                    arrived.clear()
                    await arrived.wait()
                due, piece = pieces.popleft()
                await asyncio.sleep(max(0, due - self.loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
            writer.close()

        async def receive():
            while True:
                piece = await reader.read(65536)
                pieces.append((self.loop.time() + self.delay, piece))
                arrived.set()
                if not piece:
                    return
        try:
            await asyncio.gather(send(), receive())
        except OSError:
            writer.close()
