/** Facts of what Freshmaker decides, where a checkout of them lies beside this one. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const file = new URL('../../../../../shared/data/scenarios/rebuilds.json', import.meta.url);

const Batches = z.array(z.array(z.string()));
const Fact = z.object({ id: z.string(), title: z.string() });

const Image = z.object({
  nvr: z.string(),
  arches: z.record(z.string(), z.array(z.string())).default({}),
  parent: z.string().nullable(),
  builder_stages: z.array(z.string()).default([]),
  labels: z.array(z.string()).default([]),
  no_brew: z.boolean().default(false),
});
export type CatalogImage = z.infer<typeof Image>;

const Plan = Fact.extend({
  input: z.object({
    catalog: z.object({ images: z.array(Image) }),
    advisory: z.object({ rpms: z.array(z.string()) }),
    options: z.object({ deny_image_names: z.array(z.string()).default([]) }),
  }),
  expected: z.object({
    batches: Batches,
    built_on: z.record(
      z.string(),
      z.object({ parent: z.string().nullable(), waits_for_parent_rebuild: z.boolean() }),
    ),
  }),
});
export type PlanFact = z.infer<typeof Plan>;

const Chains = Fact.extend({
  input: z.object({
    chains: z.array(z.array(z.string())),
    image_overrides: z
      .record(z.string(), z.object({ latest_released: z.boolean().default(false) }))
      .default({}),
  }),
  expected: z.object({ batches: Batches }),
});
export type ChainsFact = z.infer<typeof Chains>;

const Facts = z.object({
  chains: z.array(Chains),
  plans: z.array(Plan),
  fixed_published: z.array(Fact),
  async_manual: z.array(Fact),
  allow_rules: z.array(Fact),
  states: z.array(Fact),
});
export type Facts = z.infer<typeof Facts>;

/** Undefined, and said so, where they are not here. */
export const readFacts = (): Facts | undefined => {
  if (existsSync(file)) return Facts.parse(JSON.parse(readFileSync(file, 'utf8')));
  process.stdout.write("facts of Freshmaker's decisions: not here, so not compared with\n");
  return undefined;
};
