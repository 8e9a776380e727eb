/**
 * Inputs of the facts that docs/freshmaker-comparison.md puts beside flibs, and what Freshmaker decides, without what has
 * no counterpart here: repositories, tags, categories, content sets. Written shortly: `child < parent + builder stage`.
 */

export interface PlanFact {
  /** With what is installed: `leaf-1-1 < base-1-1: zlib-1-1.x86_64 zlib-1-1.aarch64`. */
  readonly images: readonly string[];
  /** What is to be installed instead. */
  readonly fixed: string;
  /** Images whose names begin so are not to be rebuilt. */
  readonly denied?: string;
  readonly batches: string;
  /** What is built on what, unless on nothing; `waits` for what is rebuilt first. */
  readonly on?: string;
}

export const plans: Readonly<Record<string, PlanFact>> = {
  'plan-02': {
    images: ['base-1-1: bash-5-1.x86_64', 'leaf-1-1 < base-1-1: bash-5-1.x86_64 openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'leaf-1-1',
    on: 'leaf-1-1 on base-1-1',
  },
  'plan-04': {
    images: [
      'base-1-1: openssl-1.0-1.x86_64',
      'base-1-2: openssl-1.0-2.x86_64',
      'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'leaf-1-1',
    on: 'leaf-1-1 on base-1-2',
  },
  'plan-11': {
    images: [
      'base-1-1: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64',
      'other-1-1 < base-1-1: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    denied: 'leaf-1',
    batches: 'base-1-1 | other-1-1',
    on: 'other-1-1 waits for base-1-1',
  },
  'plan-12': {
    images: ['base-1-1: openssl-1.0-1.x86_64', 'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    denied: 'leaf',
    batches: '',
  },
  'plan-13': {
    images: ['base-1-1: openssl-1.0-1.x86_64', 'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    denied: 'base',
    batches: 'base-1-1 | leaf-1-1',
  },
  'plan-14': {
    images: [
      'base-1-1: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64',
      'other-1-1 < base-1-1: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1 | other-1-1',
  },
  'plan-15': {
    images: [
      'base-1-1: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64',
      'other-1-1 < base-1-1: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1 | leaf-1-1',
  },
  'plan-16': {
    images: ['base-1-1: openssl-1.0-1.x86_64', 'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1 | leaf-1-1',
    on: 'leaf-1-1 waits for base-1-1',
  },
  'plan-19': {
    images: ['leaf-1-1: openssl-1.0-3.x86_64 openssl-libs-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2 openssl-libs-1.0-2',
    batches: 'leaf-1-1',
  },
  'plan-20': {
    images: ['leaf-1-1: openssl-1.0-2.el8.x86_64'],
    fixed: 'openssl-1.0-2.el8 openssl-1.0-2.el9',
    batches: 'leaf-1-1',
  },
  'plan-21': {
    images: [
      'base-1-1: a-1-1.x86_64',
      'mid-1-1 < base-1-1: a-1-1.x86_64 b-1-1.x86_64',
      'leaf-1-1 < mid-1-1: a-1-1.x86_64 b-1-1.x86_64',
    ],
    fixed: 'a-1-2 b-1-2',
    batches: 'base-1-1 | mid-1-1 | leaf-1-1',
    on: 'leaf-1-1 waits for mid-1-1, mid-1-1 waits for base-1-1',
  },
  'plan-22': {
    images: [
      'base-1-1: y-1-1.x86_64',
      'mid-1-1 < base-1-1: y-1-1.x86_64',
      'parent-1-1 < mid-1-1: y-1-1.x86_64 x-1-1.x86_64',
      'leaf-1-1 < parent-1-1: x-1-1.x86_64',
    ],
    fixed: 'x-1-2 y-1-2',
    batches: 'base-1-1 | leaf-1-1 mid-1-1 | parent-1-1',
  },
  'plan-24': {
    images: [
      'base-1-1: bash-5-1.x86_64',
      'builder-1-1: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-1-1 + builder-1-1: bash-5-1.x86_64 openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'builder-1-1 leaf-1-1',
  },
  'plan-25': {
    images: ['foo-1-20: openssl-1.0-1.x86_64 openssl-1.0-1.ppc64le'],
    fixed: 'openssl-1.0-2',
    batches: 'foo-1-20',
  },
  'plan-26a': {
    images: ['foo-1-20: openssl-1.0-2.x86_64 openssl-1.0-1.aarch64'],
    fixed: 'openssl-1.0-2',
    batches: '',
  },
  'plan-26b': {
    images: ['foo-1-20: openssl-1.0-1.aarch64 openssl-1.0-2.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'foo-1-20',
  },
  'plan-27': {
    images: ['foo-1-20: bash-5-1.x86_64 openssl-1.0-1.aarch64'],
    fixed: 'openssl-1.0-2',
    batches: 'foo-1-20',
  },
  'plan-28': { images: ['other-1-1: openssl-1.0-1.x86_64'], fixed: 'openssl-1.0-2', batches: 'other-1-1' },
  'plan-29': {
    images: [
      'base-9.4-1123: openssl-1.0-1.x86_64',
      'base-9.4-1200: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-9.4-1123: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'base-9.4-1200 | leaf-1-1',
    on: 'leaf-1-1 waits for base-9.4-1200',
  },
  'plan-30': {
    images: [
      'base-9.4-1123: openssl-1.0-1.x86_64',
      'base-9.4-1200: openssl-1.0-1.x86_64',
      'leaf-1-1 < base-9.4-1123: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'base-9.4-1123 | leaf-1-1',
  },
  'plan-31': {
    images: [
      'ubi8-container-8.1-100: openssl-1.0-1.x86_64',
      'ubi8-container-8.1-100.12345678: openssl-1.0-1.x86_64',
      'python-36-container-1-10 < ubi8-container-8.1-100: openssl-1.0-1.x86_64',
      'nodejs-12-container-1-20.45678 < ubi8-container-8.1-100.12345678: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches:
      'ubi8-container-8.1-100 ubi8-container-8.1-100.12345678 | nodejs-12-container-1-20.45678 python-36-container-1-10',
  },
  'plan-32': {
    images: ['leaf-1-1: openssl-1.0-1.x86_64', 'leaf-1-2: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'leaf-1-2',
  },
  'plan-35': {
    images: [
      'base-1-1: openssl-1.0-1.x86_64',
      'm1-1-1 < base-1-1: openssl-1.0-1.x86_64',
      'm2-1-1 < base-1-1: openssl-1.0-1.x86_64',
      'l1-1-1 < m1-1-1: openssl-1.0-1.x86_64',
      'l2-1-1 < m2-1-1: openssl-1.0-1.x86_64',
      'l3-1-1 < m1-1-1: openssl-1.0-1.x86_64',
    ],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1 | m1-1-1 m2-1-1 | l1-1-1 l2-1-1 l3-1-1',
    on: 'l1-1-1 waits for m1-1-1, l2-1-1 waits for m2-1-1, l3-1-1 waits for m1-1-1, m1-1-1 waits for base-1-1, m2-1-1 waits for base-1-1',
  },
  'plan-36': { images: ['leaf-1-1: bind-9.11-1.x86_64'], fixed: 'bind-9.11-2', batches: 'leaf-1-1' },
  'plan-37': {
    images: ['base-1-1: openssl-1.0-1.x86_64', 'leaf-1-1 < base-1-1: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1 | leaf-1-1',
    on: 'leaf-1-1 waits for base-1-1',
  },
  'plan-38': {
    images: ['leaf-1-1 < ghost-1-1: openssl-1.0-1.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'leaf-1-1',
  },
  'plan-40': {
    images: ['base-1-1: openssl-1.0-1.x86_64', 'leaf-1-1 < base-1-1: openssl-1.0-3.x86_64'],
    fixed: 'openssl-1.0-2',
    batches: 'base-1-1',
  },
};
