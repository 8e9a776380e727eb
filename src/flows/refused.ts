/** What a person asked for and flibs does not do: the message says why, the hint what to do instead. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** `not-found`: there is no such thing. `conflict`: its present state does not allow it. */
  readonly refusal: 'not-found' | 'conflict';
  readonly hint: string | undefined;

  constructor(refusal: 'not-found' | 'conflict', message: string, hint?: string) {
    super(message);
    this.refusal = refusal;
    this.hint = hint;
  }
}
