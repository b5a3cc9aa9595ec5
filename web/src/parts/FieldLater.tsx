import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  type Ref,
  startTransition,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { type Fetch, useStanding } from './later';

interface Props {
  /** Draws the field. It takes the focus when somebody is in it already. */
  field: (entered: boolean) => ReactNode;
  /** Fetches what draws it. */
  fetch: Fetch;
  /** Looks like the field, and shows what is chosen. */
  children: ReactElement<{ ref?: Ref<HTMLElement>; onFocus?: () => void; onPointerEnter?: () => void }>;
}

/** A field with a list to search in. It is fetched once the page stands, or when somebody comes to it; until it is there another field stands in its place. */
export function FieldLater({ field, fetch, children }: Props) {
  const standing = useStanding();
  const [there, setThere] = useState<{ entered: boolean }>();
  const standIn = useRef<HTMLElement>(null);
  const come = useCallback(async () => {
    if (!(await fetch()) || !standIn.current) return;
    const entered = document.activeElement === standIn.current;
    startTransition(() => setThere({ entered }));
  }, [fetch]);
  useEffect(() => {
    if (standing) come();
  }, [standing, come]);
  if (there) return field(there.entered);
  return cloneElement(children, { ref: standIn, onFocus: come, onPointerEnter: fetch });
}
