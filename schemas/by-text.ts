/** The order of texts wherever one is hashed, stored or told: by code units, the same whatever a machine's locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
