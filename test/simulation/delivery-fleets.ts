/** Where stories with hundreds of seeds begin: few with the whole fleet, most with the least that goes wrong in its way. */
import { emptyStore } from '../store/empty-store.ts';
import { anImage, smallFleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { aWorld, type World } from './world.ts';

export interface DeliveryFleets {
  /** All of it built and released once. */
  readonly whole: () => Promise<World>;
  /** One image whose two arches come in any order, and one beside it. */
  readonly pair: () => Promise<World>;
  /** A parent and a child on one arch. */
  readonly chain: () => Promise<World>;
  /** Both at once. */
  readonly small: () => Promise<World>;
  /** The same, neither built nor known yet. */
  readonly nothing: () => Promise<World>;
}

const base = { name: 'base', packages: ['glibc', 'openssl-libs'] };

const pair = [anImage(base), anImage({ name: 'lonely', packages: ['musl'], arches: ['x86_64'] })];

const chain = [
  anImage({ ...base, arches: ['aarch64'] }),
  anImage({ name: 'client', parent: 'base', packages: ['curl'], arches: ['aarch64'], smokeTest: false }),
];

/** For the tests of a file. */
export const deliveryFleets = (): DeliveryFleets => {
  const small = releasedWorlds(() => smallFleet);
  return {
    whole: releasedWorlds().begin,
    pair: releasedWorlds(() => pair).begin,
    chain: releasedWorlds(() => chain).begin,
    small: small.begin,
    nothing: async () => {
      await emptyStore(small.environment.store);
      const world = aWorld(small.environment);
      world.definitions = { ...world.definitions, images: smallFleet };
      return world;
    },
  };
};
