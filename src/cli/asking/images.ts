import { z } from 'zod';
import { ImageBrief, ImageDetail } from '../../api/wire/image.ts';
import { connect, part } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { imagesText, imageText } from '../views/images.ts';

export const listImages = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get('/api/v1/images', z.array(ImageBrief)), imagesText);
};

export const showImage = async (image: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get(`/api/v1/images/${part(image)}`, ImageDetail), imageText);
};
