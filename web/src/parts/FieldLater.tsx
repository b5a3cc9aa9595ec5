import { cloneElement, type ReactElement, type ReactNode, startTransition, useState } from 'react';
import { useStanding } from './later';

interface Props {
  /** Draws the field. It takes the focus when somebody is in it already. */
  field: (entered: boolean) => ReactNode;
  /** Fetches what draws it. */
  fetch: () => void;
  /** Looks like the field, and shows what is chosen. */
  children: ReactElement<{ onFocus?: () => void; onPointerEnter?: () => void }>;
}

/** A field with a list to search in. It is fetched once the page stands, or when somebody comes to it; until then another field stands in its place. */
export function FieldLater({ field, fetch, children }: Props) {
  const standing = useStanding();
  const [entered, setEntered] = useState(false);
  if (standing || entered) return field(entered);
  return cloneElement(children, {
    // It stays until the field is there.
    onFocus: () => startTransition(() => setEntered(true)),
    onPointerEnter: fetch,
  });
}
