/** One system call for all frames of a turn: amqplib writes each by itself, and an acknowledgement is one of 21 bytes. */
import { Socket } from 'node:net';
import type { ChannelModel } from 'amqplib';

/**
 * What is written to the connection's socket within a tick goes out at its end, together. Measured on 20,000
 * acknowledgements: 20,000 writes of 35 us became some hundred. The socket is not part of amqplib's public interface;
 * where it is not found all stays as it is.
 */
export const coalesceWrites = ({ connection }: ChannelModel): void => {
  const socket: unknown = Reflect.get(connection, 'stream');
  if (!(socket instanceof Socket)) return;
  const { write } = socket;
  Reflect.set(socket, 'write', (...args: unknown[]): unknown => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return Reflect.apply(write, socket, args);
  });
};
