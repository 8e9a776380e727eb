/** What the API can have done. The flows do it; whoever starts the API injects them, each in its own transaction. */
import type { Kysely } from 'kysely';
import type { Caller } from '../../schemas/caller.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Pause, Resumption } from '../../schemas/pause.ts';
import type { WantedWaiver } from '../flows/releasing/waivers.ts';
import type { WaiverRow } from '../flows/releasing/waivers-of.ts';
import type { Database } from '../store/database.ts';
import type { BuildRequest, Done, ReconcileRequest, WhatIf, WhatIfRequest } from './wire/action.ts';
import type { AdoptionRequest } from './wire/adoption.ts';
import type { ResultRequest } from './wire/result.ts';
import type { NewToken, TokenRequest } from './wire/token.ts';

export type { BuildRequest, Done, WhatIf } from './wire/action.ts';

/** Writes in the transaction of what was asked for that it was done, for the audit. */
export type Recorder = (tx: Kysely<Database>) => Promise<void>;

/** Each rejects with `Refused` (src/flows/refused.ts): not-found becomes 404, conflict 409, forbidden 403, with message and hint. */
export interface Actions {
  buildByHand(request: BuildRequest): Promise<Done>;
  /** Plans with the present contents and what is supposed; changes nothing. */
  whatIf(request: WhatIfRequest): Promise<WhatIf>;
  cancelRebuild(id: number): Promise<Done>;
  cancelBuild(nvr: string): Promise<Done>;
  /** @param arch - undefined: every arch that failed. */
  retryBuild(nvr: string, arch: Arch | undefined): Promise<Done>;
  retryDeadLetter(id: number): Promise<Done>;
  reloadDefinitions(): Promise<Done>;
  pause(pause: Pause): Promise<Done>;
  resume(resumption: Resumption): Promise<Done>;
  reconcile(request: ReconcileRequest): Promise<Done>;
  /** Ids of the adoptions, in the order of the request. */
  adopt(request: AdoptionRequest): Promise<readonly number[]>;
  /** All or none. */
  recordWaivers(wanted: readonly WantedWaiver[], caller: Caller): Promise<readonly WaiverRow[]>;
  /** The result's id. */
  reportResult(request: ResultRequest, caller: Caller): Promise<number>;
  createToken(request: TokenRequest, createdBy: string): Promise<NewToken>;
  /** @param token - its number, or its name. */
  revokeToken(token: string): Promise<Done>;
}
