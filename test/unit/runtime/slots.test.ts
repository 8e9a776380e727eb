import { expect, test } from '@jest/globals';
import { newSlots } from '../../../src/runtime/slots.ts';

test('so many are let in at once, the others in the order they came, also after failures', async () => {
  const inSlot = newSlots(2);
  const order: string[] = [];
  const finish = new Map<string, (error?: Error) => void>();
  const work = (name: string) =>
    inSlot(
      () =>
        new Promise<void>((resolve, reject) => {
          order.push(name);
          finish.set(name, (error) => (error === undefined ? resolve() : reject(error)));
        }),
    );
  const all = ['a', 'b', 'c', 'd'].map(work);
  await Promise.resolve();
  expect(order).toEqual(['a', 'b']);
  finish.get('a')?.(new Error('no'));
  await expect(all[0]).rejects.toThrow('no');
  expect(order).toEqual(['a', 'b', 'c']);
  finish.get('b')?.();
  await all[1];
  expect(order).toEqual(['a', 'b', 'c', 'd']);
  finish.get('c')?.();
  finish.get('d')?.();
  await Promise.all(all.slice(1));
});
