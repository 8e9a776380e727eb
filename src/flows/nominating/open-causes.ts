/** What could not be seen to when it came. */
import type { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { Reason } from '../../planning/reason.ts';

/** What one arch of an image would have been built for. */
export interface OpenCauses {
  /** The rebuild that met them. */
  readonly rebuild: number;
  readonly distroRelease: DistroReleaseName;
  readonly severity: Severity;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly reasons: readonly Reason[];
}
