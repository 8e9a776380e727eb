/** Digests of bytes, and the check that bytes are the ones that were asked for. */
import { createHash, type Hash } from 'node:crypto';
import { Digest } from '../../schemas/ids.ts';

export const digestOf = (bytes: Uint8Array): Digest => asDigest(createHash('sha256').update(bytes));

export const asDigest = (hash: Hash): Digest => Digest.parse(`sha256:${hash.digest('hex')}`);

export const isDigest = (reference: string): reference is Digest => Digest.safeParse(reference).success;

/** Passes bytes on and fails at the end when they are not those of the digest. */
export const verifying = (wanted: Digest, what: string): TransformStream<Uint8Array, Uint8Array> => {
  const hash = createHash('sha256');
  return new TransformStream({
    transform: (chunk, controller) => {
      hash.update(chunk);
      controller.enqueue(chunk);
    },
    flush: (controller) => {
      const got = asDigest(hash);
      if (got !== wanted) controller.error(new Error(`${what}: the bytes have digest ${got}`));
    },
  });
};
