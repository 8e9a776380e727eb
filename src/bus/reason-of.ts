/** One line that says what went wrong, for people. */
export const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code } = { message: '', code: '', ...pick(error) };
  // Node's AggregateError, when every address of a host refused, has a code and no message.
  return message !== '' ? message : code !== '' ? code : String(error);
};

/** Reply code of the broker (403, 404, ...) where the error carries one. */
export const replyCode = (error: unknown): number | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
};

const pick = (error: object): { message?: string; code?: string } => ({
  ...('message' in error && typeof error.message === 'string' ? { message: error.message } : {}),
  ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
});
