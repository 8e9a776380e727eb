/** UUID version 7, RFC 9562 section 5.7: sorted by time, and within a process by the order in which they were made. */
import { randomBytes } from 'node:crypto';

const counterBits = 12;
let lastMs = 0;
let counter = 0;

/**
 * @param now milliseconds since 1970. A time before the last one given counts as that one (RFC 9562, 6.2, method 1).
 */
export const uuidv7 = (now: number = Date.now()): string => {
  const random = randomBytes(10);
  const ms = Math.floor(now);
  if (ms > lastMs) {
    lastMs = ms;
    // Half of the counter is left for ids of the same millisecond.
    counter = random.readUInt16BE(0) & (2 ** (counterBits - 1) - 1);
  } else {
    counter += 1;
    if (counter === 2 ** counterBits) {
      lastMs += 1;
      counter = 0;
    }
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const tail = ((random.readUInt16BE(2) & 0x3fff) | 0x8000).toString(16);
  const groups = [
    time.slice(0, 8),
    time.slice(8),
    (0x7000 | counter).toString(16),
    tail,
    random.subarray(4).toString('hex'),
  ];
  return groups.join('-');
};
