/**
 * Inputs of the facts that docs/freshmaker-comparison.md puts beside flibs, and what Freshmaker decides, without what has
 * no counterpart here: repositories, tags, categories, content sets. Written shortly: `child < parent + builder stage`.
 */

export interface ChainsFact {
  readonly chains: readonly string[];
  /** The release of an image that counts, where that is not its highest. */
  readonly released?: string;
  /** What is built at once, what then, and so on: `base-1-1 | leaf-1-1 other-1-1`. */
  readonly batches: string;
}

export const chains: Readonly<Record<string, ChainsFact>> = {
  'chain-01': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-125',
      'perl-5.7-1 < s2i-base-1-2 < s2i-core-1-2 < rhel-server-docker-7.4-150',
    ],
    batches: 'rhel-server-docker-7.4-150 | s2i-core-1-11 | s2i-base-1-10 | httpd-2.4-12 perl-5.7-1',
  },
  'chain-02': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-125',
      'perl-5.7-1 < s2i-base-2-2 < s2i-core-2-2 < rhel-server-docker-7.4-150',
    ],
    batches:
      'rhel-server-docker-7.4-150 | s2i-core-1-11 s2i-core-2-2 | s2i-base-1-10 s2i-base-2-2 | httpd-2.4-12 perl-5.7-1',
  },
  'chain-04': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-125',
      'perl-5.7-1 < s2i-base-1-2 < s2i-core-1-2 < rhel-server-docker-7.4-150',
      'foo-5.7-1 < s2i-base-1-1 < s2i-core-1-2 < rhel-server-docker-7.4-150',
    ],
    released: 's2i-base-1-2',
    batches: 'rhel-server-docker-7.4-150 | s2i-core-1-11 | s2i-base-1-2 | foo-5.7-1 httpd-2.4-12 perl-5.7-1',
  },
  'chain-05': {
    chains: [
      'rust-toolset-container-1.41.1-27 < s2i-base-container-1-173 < s2i-core-container-1-147 < ubi8-container-8.2-299',
      'nodejs-10-container-1-66.1584015429 < s2i-base-container-1-142.1584015404 < s2i-core-container-1-119.1584015378 < ubi8-container-8.0-208.1584015373',
    ],
    batches:
      'ubi8-container-8.2-299 | s2i-core-container-1-147 | s2i-base-container-1-173 | nodejs-10-container-1-66.1584015429 rust-toolset-container-1.41.1-27',
  },
  'chain-08': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-125',
      'perl-5.7-1 < s2i-base-1-2 < s2i-core-1-2 < rhel-server-docker-7.4-150',
    ],
    batches: 'rhel-server-docker-7.4-150 | s2i-core-1-11 | s2i-base-1-10 | httpd-2.4-12 perl-5.7-1',
  },
  'chain-09': {
    chains: [
      'ubi8-container-8.1-100',
      'python-36-container-1-10 < ubi8-container-8.1-100',
      'nodejs-12-container-1-20.45678 < ubi8-container-8.1-100.12345678',
    ],
    batches: 'ubi8-container-8.1-100.12345678 | nodejs-12-container-1-20.45678 python-36-container-1-10',
  },
  'batch-01': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-150',
      'perl-5.7-1 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-150',
    ],
    batches: 'rhel-server-docker-7.4-150 | s2i-core-1-11 | s2i-base-1-10 | httpd-2.4-12 perl-5.7-1',
  },
  'batch-02': {
    chains: [
      'httpd-2.4-12 < s2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-150',
      's2i-base-1-10 < s2i-core-1-11 < rhel-server-docker-7.4-150',
      's2i-core-1-11 < rhel-server-docker-7.4-150',
      'rhel-server-docker-7.4-150',
    ],
    batches: 'rhel-server-docker-7.4-150 | s2i-core-1-11 | s2i-base-1-10 | httpd-2.4-12',
  },
  'batch-03': {
    chains: [
      'leaf-image-1-1 < image-b-v-r1 < image-a-v-r1',
      'leaf-image-2-1 < image-c-v-r1 < image-b-v-r1 < image-a-v-r1',
      'leaf-image-3-1 < image-k-v-r1 < image-j-v-r1 < image-e-v-r1 < image-a-v-r1',
      'leaf-image-4-1 < image-d-v-r1 < image-e-v-r1 < image-a-v-r1',
      'leaf-image-5-1 < image-a-v-r1',
      'leaf-image-6-1 < image-f-v-r1 < image-g-v-r1',
      'leaf-image-7-1 < leaf-image-6-1 < image-f-v-r1 < image-g-v-r1',
    ],
    batches:
      'image-a-v-r1 image-g-v-r1 | image-b-v-r1 image-e-v-r1 image-f-v-r1 leaf-image-5-1 | image-c-v-r1 image-d-v-r1 image-j-v-r1 leaf-image-1-1 leaf-image-6-1 | image-k-v-r1 leaf-image-2-1 leaf-image-4-1 leaf-image-7-1 | leaf-image-3-1',
  },
  'batch-04': {
    chains: ['leaf-image-1-1 < image-a-v-r1', 'leaf-image-2-1 < image-b-v-r1 < image-a-v-r1'],
    batches: 'image-a-v-r1 | image-b-v-r1 leaf-image-1-1 | leaf-image-2-1',
  },
  'batch-05': { chains: ['solo-1-1'], batches: 'solo-1-1' },
  'batch-06': { chains: [], batches: '' },
  'batch-07': {
    chains: ['base-1-1', 'mid-1-1 < base-1-1', 'leaf-1-1 < mid-1-1 < base-1-1'],
    batches: 'base-1-1 | mid-1-1 | leaf-1-1',
  },
  'batch-09': {
    chains: ['x2-1-1 < x1-1-1', 'y3-1-1 < y2-1-1 < y1-1-1'],
    batches: 'x1-1-1 y1-1-1 | x2-1-1 y2-1-1 | y3-1-1',
  },
  'batch-12': {
    chains: ['leafA-1-1 < mid-1-1 < base-1-1', 'leafB-1-1 < leafA-1-1'],
    batches: 'base-1-1 | leafB-1-1 mid-1-1 | leafA-1-1',
  },
};
