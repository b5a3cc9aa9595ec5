import { type Action, type Entity, may } from './permission';
import { useWho } from './session';

export { may };

/** Whether whoever is signed in may do that. */
export function useMay(action: Action, entity: Entity): boolean {
  return may(useWho(), action, entity);
}
