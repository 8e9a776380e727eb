/** Working containers of one storage, so that those of a killed build can be told from those in use. */
import { z } from 'zod';
import type { Buildah, Calling } from './buildah.ts';

export interface WorkingContainers {
  /** A container on a local image id or `scratch`. To be removed. */
  open(
    image: string,
    platform: { architecture: string; variant?: string },
    calling: Calling,
  ): Promise<string>;
  remove(container: string): Promise<void>;
  /** Runs a `buildah build`. One that is killed leaves containers behind: removed as soon as no other build runs. */
  whileBuilding<T>(work: () => Promise<T>): Promise<T>;
}

const Listed = z.array(z.object({ containername: z.string() })).nullable();

export const workingContainers = (buildah: Buildah): WorkingContainers => {
  const inUse = new Set<string>();
  let opening = 0;
  let building = 0;
  let dirty = false;
  let sweeping = Promise.resolve();

  const sweep = async (): Promise<void> => {
    const { stdout } = await buildah.run(['containers', '--json']);
    const listed = Listed.parse(JSON.parse(stdout === '' ? 'null' : stdout)) ?? [];
    const stale = listed.map(({ containername }) => containername).filter((name) => !inUse.has(name));
    for (const name of stale) await buildah.remove(name);
  };
  /** What is being opened has no name yet, and what is being built never tells us one. */
  const sweepIfQuiet = (): void => {
    if (!dirty || opening > 0 || building > 0) return;
    dirty = false;
    sweeping = sweep().catch(() => {
      dirty = true;
    });
  };

  return {
    open: async (image, platform, calling) => {
      await sweeping;
      opening += 1;
      try {
        const container = await buildah.from(image, platform, calling);
        inUse.add(container);
        return container;
      } catch (error) {
        dirty = true;
        throw error;
      } finally {
        opening -= 1;
        sweepIfQuiet();
      }
    },
    remove: async (container) => {
      await buildah.remove(container);
      inUse.delete(container);
    },
    whileBuilding: async (work) => {
      await sweeping;
      building += 1;
      try {
        return await work();
      } catch (error) {
        dirty = true;
        throw error;
      } finally {
        building -= 1;
        sweepIfQuiet();
        await sweeping;
      }
    },
  };
};
