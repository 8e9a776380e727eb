/** Media types: OCI's, Docker's that we read, and ours. */
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociConfig = 'application/vnd.oci.image.config.v1+json';

const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** What we accept, in our order of preference. */
export const acceptedManifests = [ociIndex, ociManifest, dockerList, dockerManifest];

export const isIndex = (mediaType: string): boolean => mediaType === ociIndex || mediaType === dockerList;

/** An image definition's folder. */
export const sourceArtifact = 'application/vnd.flibs.source.v1.tar+gzip';
/** What is in a manifest; schemas/content.ts. */
export const contentArtifact = 'application/vnd.flibs.content.v1+json';
/** The finished log of a run. */
export const logArtifact = 'application/vnd.flibs.log.v1.text';
