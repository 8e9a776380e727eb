/** Why an image is not rebuilt for a source: as the flow tells it. */
export { WhyNot } from '../../flows/asking/why-not.ts';
