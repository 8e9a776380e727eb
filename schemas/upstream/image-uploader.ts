/** fedora-image-uploader's `fedora_image_uploader.published.v1.container`: base images are in registries. No digest in it. */
import { z } from 'zod';
import { Text } from './names.ts';

const Word = Text.min(1).max(255);

export const ContainerPublished = z.object({
  registries: z.array(Word).min(1).max(20),
  repository: Word,
  tags: z.array(Word).min(1).max(50),
  compose_id: Text.nullish(),
});
export type ContainerPublished = z.infer<typeof ContainerPublished>;
