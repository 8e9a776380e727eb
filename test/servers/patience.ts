/** Jest takes no timeout per project: each floor has its own here, from its `globals`. */
import { jest } from '@jest/globals';

const patience: unknown = Reflect.get(globalThis, 'secondsPerTest');
if (typeof patience === 'number') {
  jest.setTimeout(patience * 1000);
}
