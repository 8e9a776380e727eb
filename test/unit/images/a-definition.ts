/** Files of image definitions that state only what matters, and what is read from them. */
import { DistroRelease } from '../../../schemas/files/distro-release.ts';
import { type ImageFiles, readImage } from '../../../src/images/read-image.ts';

export const f40 = DistroRelease.parse({
  name: 'F40',
  productVersion: 'fedora-40',
  releasever: '40',
  branch: 'f40',
  arches: ['x86_64', 'aarch64', 'ppc64le', 's390x'],
  repositories: [],
});
export const f41 = { ...f40, name: DistroRelease.shape.name.parse('F41'), productVersion: 'fedora-41' };

export const files = (more: Partial<ImageFiles> = {}): ImageFiles => ({
  name: 'app',
  treeId: 'a'.repeat(40),
  sourceTime: 1,
  ...more,
});
export const packageList = (yaml = '', more: Partial<ImageFiles> = {}) =>
  files({ containerYaml: `compose: {packages: [bash]}\nflibs:\n  version: 3.0\n${yaml}`, ...more });
export const containerfile = (text = 'FROM runtime\nLABEL version=1\n', more: Partial<ImageFiles> = {}) =>
  files({ containerfile: text, ...more });

export const image = (given: ImageFiles, releases = [f40]) => {
  const read = readImage(given, releases);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.image;
};
export const problems = (given: ImageFiles, releases = [f40]) => {
  const read = readImage(given, releases);
  return 'problems' in read ? read.problems.join('\n') : '';
};
