import { describe, expect, test } from '@jest/globals';
import { consumersOf, upstreamTopicsOf } from '../../../consumers/catalogue.ts';
import { settings } from '../../simulation/fleet.ts';

describe('what the bridge brings from upstream', () => {
  const consumers = consumersOf(settings);
  const topics = upstreamTopicsOf(consumers);

  test('is all that some consumer listens to there, each topic once', () => {
    expect(topics).toEqual([
      '#.bodhi.update.complete.stable',
      '#.bodhi.update.eject',
      '#.bodhi.update.request.unpush',
      '#.container-image.test.*',
      '#.fedora_image_uploader.published.v1.container',
      '#.mbs.module.state.change',
      '#.redhat-container-image.test.*',
      '#.resultsdb.result.new',
      '*.*.*.buildsys.repo.done',
      '*.*.*.buildsys.tag',
      '*.*.*.buildsys.untag',
      '*.*.*.git.receive',
    ]);
  });

  test('is nothing when nobody listens', () => {
    expect(upstreamTopicsOf([])).toEqual([]);
  });
});
