/**
 * How Fedora's Koji and dist-git name things per distro release. Only for messages that are looked at without a
 * configuration; a configured release says its tags and its branch itself.
 */

const numbered = (text: string, pattern: RegExp, prefix: string): string | undefined => {
  const [, number] = pattern.exec(text) ?? [];
  return number === undefined ? undefined : `${prefix}${number}`;
};

/** `F40` for `f40` (Rawhide's) and `f40-updates`, `EPEL-9` for `epel9`, `ELN` for `eln`; none for `-candidate`, `-build-side-1`, ... */
export const releaseOfStableTag = (tag: string): string | undefined =>
  tag === 'eln'
    ? 'ELN'
    : (numbered(tag, /^f([0-9]{1,3})(?:-updates)?$/, 'F') ?? numbered(tag, /^epel([0-9]{1,3})$/, 'EPEL-'));

/** `F40` for `f40-build`, and so on; none for side tags. */
export const releaseOfBuildTag = (tag: string): string | undefined =>
  tag === 'eln-build'
    ? 'ELN'
    : (numbered(tag, /^f([0-9]{1,3})-build$/, 'F') ?? numbered(tag, /^epel([0-9]{1,3})-build$/, 'EPEL-'));

/** `F40` for the branch `f40`, `rawhide` for the branch that had three names. fedmsg's bodies have `refs/heads/` before it. */
export const releaseOfBranch = (branch: string): string | undefined => {
  if (['rawhide', 'main', 'master'].includes(branch)) return 'rawhide';
  return numbered(branch, /^f([0-9]{1,3})$/, 'F') ?? numbered(branch, /^epel([0-9]{1,3})$/, 'EPEL-');
};
