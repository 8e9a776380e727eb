/** Every fact that docs/greenwave-comparison.md has a row for, and those that are not to be copied. */

export const ids: readonly string[] = `
  gw-01 gw-02 gw-04 gw-05 gw-08 gw-10 gw-11 gw-12 gw-13 gw-14 gw-15 gw-16 gw-17 gw-19 gw-20 gw-22 gw-23
  gw-26 gw-27 gw-28 gw-29 gw-30 gw-31 gw-32 gw-33 gw-34 gw-35 gw-36 gw-37 gw-38 gw-40 gw-41a gw-41b
  gw-41c gw-42a gw-42c gw-44 gw-46 gw-49 gw-50 gw-51 gw-52 gw-53 gw-54 gw-55 gw-56 gw-58 gw-61 gw-64
  gw-65 gw-68 gw-69 gw-70 gw-71 gw-72 gw-73 gw-75a gw-75b gw-76 gw-77 gw-80a gw-80b gw-82 gw-85 gw-86
  upd-02 upd-03 upd-04 upd-05 upd-06 upd-07a upd-07b upd-09 upd-10 upd-11 upd-13 upd-15a upd-16a upd-16b
  upd-16c upd-17 upd-18
`
  .trim()
  .split(/\s+/);

export const hazards: readonly string[] = ['gw-33', 'gw-58', 'upd-05', 'upd-06', 'upd-07a', 'upd-07b'];
