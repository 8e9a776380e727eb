/** How a program without network comes to a gate: a port on its own loopback that leads to the gate's Unix socket. */

/** Free in every network namespace of ours: nothing else runs in there. */
const port = 7878;

/** What a repository is called in there. */
export const gateUrl = (repository: string): string => `http://127.0.0.1:${port}/${repository}`;

/**
 * Brings loopback up, listens, and becomes the program that follows; a child of it passes bytes on, and ends with the
 * namespace. In Python, which dnf brings along.
 */
const script = `import fcntl, os, socket, struct, sys, threading
gate, argv = sys.argv[1], sys.argv[2:]
with socket.socket() as up:
    fcntl.ioctl(up, 0x8914, struct.pack('16sH22x', b'lo', 0x41))
listener = socket.create_server(('127.0.0.1', ${port}), backlog=64)
if os.fork() > 0:
    os.execvp(argv[0], argv)
def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
def serve(client):
    with client, socket.socket(socket.AF_UNIX) as server:
        server.connect(gate)
        back = threading.Thread(target=pump, args=(server, client), daemon=True)
        back.start()
        pump(client, server)
        back.join()
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()`;

/** To be put before a program's own words, in a network namespace of its own. */
export const throughGate = (socket: string): readonly string[] => [
  '/usr/bin/python3',
  '-I',
  '-c',
  script,
  socket,
];
