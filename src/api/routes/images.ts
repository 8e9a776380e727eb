import { z } from 'zod';
import { ImageName } from '../../../schemas/ids.ts';
import { Refused } from '../../flows/refused.ts';
import { found, reads, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { imageDetail, problemsOf } from '../queries/image-detail.ts';
import { listImages } from '../queries/images.ts';
import { ImageBrief, ImageDetail } from '../wire/image.ts';

export const imageRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/images',
    { schema: { summary: 'Every image of the definitions in force', response: reads(z.array(ImageBrief)) } },
    () => listImages(store.db),
  );
  api.get(
    '/api/v1/images/:name',
    {
      schema: {
        summary: 'One image: per arch what is current, what it adds, why it was left alone',
        params: z.object({ name: ImageName }),
        response: readsOne(ImageDetail),
      },
    },
    async ({ params: { name } }) => {
      const image = await imageDetail(store.db, name);
      const problems = image === undefined ? await problemsOf(store.db, name) : [];
      if (problems.length > 0) {
        const what = `image ${name} is not in force: its definition is refused: ${problems.join('; ')}`;
        throw new Refused('not-found', what, 'mend its folder');
      }
      return found(image, `image ${name}`, '`flibs images` lists them');
    },
  );
};
