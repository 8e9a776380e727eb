import { Readable } from 'node:stream';
import { z } from 'zod';
import { Arch, Nvr } from '../../../schemas/ids.ts';
import { Refused } from '../../flows/refused.ts';
import { lifecycles } from '../../lifecycle/states.ts';
import { found } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { logText } from '../log-text.ts';
import { type LogPlace, logChunks, logPlace } from '../queries/run-log.ts';
import { Problem } from '../wire/problem.ts';

const settled: readonly string[] = lifecycles.archBuild.settled;

const Query = z.strictObject({
  offset: z.coerce.number().int().nonnegative().default(0).describe('Bytes to leave out at the beginning.'),
  follow: z.enum(['true', 'false', '']).optional().describe('Go on until the run has ended.'),
});

interface Wanted {
  readonly nvr: Nvr;
  readonly arch: Arch;
  readonly offset: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

const placeOf = async ({ store }: ApiContext, { nvr, arch }: Wanted): Promise<LogPlace> =>
  found(await logPlace(store.db, nvr, arch), `arch build ${nvr}.${arch}`, '`flibs rebuilds show` lists them');

/** The log as the registry has it, where the store no longer does. */
const finishedLog = async (context: ApiContext, place: LogPlace): Promise<Buffer | undefined> => {
  if (place.artifact === null || context.readLog === undefined) return undefined;
  if (place.run !== undefined && (await logChunks(context.store.db, place.run, 0, 1)).length > 0)
    return undefined;
  return Buffer.from(await context.readLog(place.image, place.artifact));
};

const liveLog = (context: ApiContext, wanted: Wanted): AsyncGenerator<string> => {
  let run: string | undefined;
  const source = {
    ended: async () => {
      const place = await placeOf(context, wanted);
      run ??= place.run;
      return run === undefined ? settled.includes(place.state) : place.ended || place.run !== run;
    },
    chunks: async (offset: number) => {
      run ??= (await placeOf(context, wanted)).run;
      return run === undefined ? [] : logChunks(context.store.db, run, offset);
    },
  };
  return logText(source, wanted);
};

const answer = async (context: ApiContext, wanted: Wanted): Promise<Readable> => {
  const place = await placeOf(context, wanted);
  const finished = await finishedLog(context, place);
  if (finished !== undefined) return Readable.from([finished.subarray(wanted.offset)]);
  if (place.run === undefined && !wanted.follow) {
    const hint = 'follow=true waits for it';
    throw new Refused('not-found', `${wanted.nvr}.${wanted.arch} is ${place.state} and has no log yet`, hint);
  }
  return Readable.from(liveLog(context, wanted));
};

export const logRoutes = (api: Api, context: ApiContext): void => {
  api.get(
    '/api/v1/builds/:nvr/logs/:arch',
    {
      schema: {
        summary: 'The log of the newest run of an arch build, as text; it may still be growing',
        params: z.object({ nvr: Nvr, arch: Arch }),
        querystring: Query,
        produces: ['text/plain'],
        // A stream passes by the serializer.
        response: { 200: z.unknown().describe('The text.'), 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ params, query, raw }, reply) => {
      const gone = new AbortController();
      raw.once('close', () => gone.abort());
      const follow = query.follow === 'true' || query.follow === '';
      const text = await answer(context, { ...params, offset: query.offset, follow, signal: gone.signal });
      return reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(text);
    },
  );
};
