/** The floors of the project: a folder imports from its own floor only where that is said, and from those below. */

interface Floor {
  readonly name: string;
  readonly folders: readonly string[];
  /** Whether its folders may import one another. */
  readonly mixes: boolean;
}

/** From the ground up. */
export const floors: readonly Floor[] = [
  { name: 'vocabulary', folders: ['schemas', 'config', 'src/rpm'], mixes: true },
  {
    name: 'pure',
    folders: [
      'src/images',
      'src/content',
      'src/nominating',
      'src/planning',
      'src/scheduling',
      'src/gating',
      'src/freshness',
      'src/lifecycle',
    ],
    mixes: true,
  },
  {
    name: 'adapters',
    folders: [
      'src/bus',
      'src/store',
      'src/building',
      'src/registry',
      'src/repos',
      'src/definitions',
      'src/host',
      'src/config',
    ],
    mixes: false,
  },
  { name: 'runtime', folders: ['src/runtime'], mixes: false },
  { name: 'flows', folders: ['src/flows'], mixes: false },
  { name: 'faces', folders: ['consumers', 'src/api'], mixes: false },
  { name: 'command line', folders: ['src/cli', 'src/web'], mixes: false },
  { name: 'entry', folders: ['src/main.ts'], mixes: false },
];

/** Folders without I/O, clock and randomness: what they need of those comes in as arguments. */
export const pureFolders: readonly string[] = ['src/rpm', ...(floors[1]?.folders ?? [])];

/** The folder of the table that a file lies in; undefined when the table does not know it. */
export const folderOf = (path: string): string | undefined =>
  floors.flatMap((floor) => floor.folders).find((folder) => path === folder || path.startsWith(`${folder}/`));

const levelOf = (folder: string): number => floors.findIndex((floor) => floor.folders.includes(folder));

/** Whether a file of one folder may import one of another. */
export const mayImport = (from: string, to: string): boolean => {
  const [above, below] = [levelOf(from), levelOf(to)];
  return from === to || below < above || (below === above && floors[above]?.mixes === true);
};
