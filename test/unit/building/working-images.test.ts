import { beforeEach, describe, expect, test } from '@jest/globals';
import { type WorkingImages, workingImages } from '../../../src/building/working-images.ts';

/** Stands in for buildah's storage; what is removed is gone once the removal may go on. */
let stored: Set<string>;
let mayRemove: Promise<void>;
let images: WorkingImages;
let made: number;
beforeEach(() => {
  stored = new Set();
  mayRemove = Promise.resolve();
  made = 0;
  images = workingImages({
    removeImage: async (imageId) => {
      await mayRemove;
      stored.delete(imageId);
    },
  });
});

const making = (imageId: string, until?: Promise<void>) => async () => {
  made += 1;
  stored.add(imageId);
  await until;
  return imageId;
};

const aGate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

describe('an image that two builds make', () => {
  test('is removed when both are over', async () => {
    const [one, other] = await Promise.all([images.make(making('same')), images.make(making('same'))]);
    await images.release(one);
    expect(stored).toContain('same');
    await images.release(other);
    expect(stored).not.toContain('same');
  });

  test('is made once more when it was removed while it was being made', async () => {
    const first = await images.make(making('same'));
    const { opened, open } = aGate();
    const second = images.make(making('same', opened));
    await images.release(first);
    open();
    await second;
    expect(made).toBe(3);
    expect(stored).toContain('same');
  });

  test('is made once more when it was being removed as that began', async () => {
    const first = await images.make(making('same'));
    const { opened, open } = aGate();
    mayRemove = opened;
    const removed = images.release(first);
    const second = images.make(making('same'));
    open();
    await Promise.all([removed, second]);
    expect(stored).toContain('same');
  });
});

test('what one build makes is removed although another is being made', async () => {
  const own = await images.make(making('own'));
  const { opened, open } = aGate();
  const other = images.make(making('other', opened));
  await images.release(own);
  expect(stored).not.toContain('own');
  open();
  await other;
  expect(made).toBe(2);
});

test('what cannot be made is told', async () => {
  await expect(images.make(() => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
});
