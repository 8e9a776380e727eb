/** `not-found`: there is no such thing. `conflict`: its present state does not allow it. `forbidden`: not to this caller. */
type Refusal = 'not-found' | 'conflict' | 'forbidden';

/** What a person asked for and flibs does not do: the message says why, the hint what to do instead. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  readonly hint: string | undefined;

  constructor(refusal: Refusal, message: string, hint?: string) {
    super(message);
    this.refusal = refusal;
    this.hint = hint;
  }
}
