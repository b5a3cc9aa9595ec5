import type { Asked } from '../../../reports/answers';
import type { Dashboard } from '../useDashboard';

/** What each filter gets: what is asked now, and how to ask something else. */
export interface Asking {
  asked: Asked;
  ask: Dashboard['ask'];
}
