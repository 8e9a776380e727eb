import { describe, expect, test } from '@jest/globals';
import { newEndings } from '../../../src/cli/running/endings.ts';

const noting = (names: string[], name: string) => async () => {
  names.push(name);
};

describe('what has been started', () => {
  test('is stopped last first, once, however often it is asked for', async () => {
    const names: string[] = [];
    const endings = newEndings();
    for (const name of ['bus', 'store', 'relay']) endings.add(noting(names, name));
    await Promise.all([endings.run(), endings.run()]);
    expect(names).toEqual(['relay', 'store', 'bus']);
  });

  test('is stopped whole where some of it cannot be, and that is told', async () => {
    const names: string[] = [];
    const endings = newEndings();
    endings.add(noting(names, 'bus'));
    endings.add(() => Promise.reject(new Error('the store hangs')));
    endings.add(noting(names, 'relay'));
    await expect(endings.run()).rejects.toThrow('the store hangs');
    expect(names).toEqual(['relay', 'bus']);
  });
});
