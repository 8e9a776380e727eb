import { z } from 'zod';
import { ImageName } from '../../../schemas/ids.ts';
import { whyNot } from '../../flows/asking/why-not.ts';
import { found, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { why } from '../queries/why.ts';
import { Why } from '../wire/why.ts';
import { WhyNot } from '../wire/why-not.ts';

export const whyRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/why/:subject',
    {
      schema: {
        summary: 'From a digest, an NVR or an image back to the messages that caused it',
        params: z.object({ subject: z.string().min(1).max(300) }),
        response: readsOne(Why),
      },
    },
    async ({ params: { subject } }) =>
      found(
        await why(store.db, subject),
        `index digest, manifest digest, NVR or image ${JSON.stringify(subject)}`,
        '`flibs images` and `flibs rebuilds show` name them',
      ),
  );
  api.get(
    '/api/v1/why-not/:image/:source',
    {
      schema: {
        summary: 'Why an image is not rebuilt for a source package, arch by arch; changes nothing',
        params: z.object({ image: ImageName, source: z.string().min(1).max(300) }),
        response: readsOne(WhyNot),
      },
    },
    ({ params: { image, source } }) => store.db.transaction().execute((tx) => whyNot(tx, image, source)),
  );
};
