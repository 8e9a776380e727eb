/** Every fact that docs/freshmaker-comparison.md has a row for, and those that are not to be copied. */

export const ids: readonly string[] = `
  chain-01 chain-02 chain-04 chain-05 chain-08 chain-09 batch-01 batch-02 batch-03 batch-04 batch-05 batch-06 batch-07 batch-09 batch-12
  plan-02 plan-04 plan-05 plan-06 plan-08 plan-09 plan-10 plan-11 plan-12 plan-13 plan-14 plan-15 plan-16 plan-19 plan-20 plan-21 plan-22 plan-24 plan-25 plan-26a plan-26b plan-27 plan-28 plan-29 plan-30 plan-31 plan-32 plan-35 plan-36 plan-37 plan-38 plan-40
  fixed-01 fixed-03 fixed-04 fixed-08 fixed-09 fixed-10 fixed-11 fixed-12 fixed-14
  async-01 async-03 async-05 async-07 async-08
  rule-01 rule-03 rule-04 rule-06 rule-07 rule-08 rule-10b rule-11a rule-11b rule-13b rule-13c rule-13d rule-14a rule-14b rule-15a rule-15c rule-15d rule-16a rule-16b rule-16c rule-17a rule-17c rule-17d rule-17f rule-17g rule-17h rule-17i rule-17j rule-17k rule-18 rule-20 rule-21 rule-22 rule-23
  state-03 state-04 state-05 state-06 state-07 state-10 state-11 state-13 state-16 state-17 state-18 state-19 state-20 state-21 state-22 state-24 state-26 state-27 state-29 state-31 state-32 state-37 state-38 state-39 state-41 state-42 state-43 state-45 state-47
`
  .trim()
  .split(/\s+/);

export const hazards: readonly string[] = [
  'batch-12',
  'plan-20',
  'plan-22',
  'plan-26a',
  'plan-38',
  'rule-18',
  'rule-23',
  'state-05',
  'state-47',
];
