/** How columns become JavaScript values, for this pool only (pg's global parsers stay as they are). */
import pg from 'pg';

/** Identities and counts stay far below 2^53; what is above is an error, never another number. */
export const safeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(
      `the store returned ${text}, which is too large for an exact number; select it as text`,
    );
  }
  return value;
};

/** int8 as number; timestamptz as Date, which is pg's default. */
export const columnTypes = (): pg.CustomTypesConfig => {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, safeInteger);
  return types;
};
