import { cloneElement, type ReactElement, type ReactNode, startTransition, useState } from 'react';
import { useWords } from '../i18n/words';
import type { Fetch } from './later';
import { toastFailed } from './toast';
import { partWords } from './words';

interface ButtonProps {
  onClick?: () => void;
  onFocus?: () => void;
  onPointerEnter?: () => void;
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
}

/** What a menu gets: the button that it belongs to. It opens as soon as it is there. */
export interface MenuProps {
  button: ReactElement;
}

interface Props {
  /** Draws the menu (see OpenedMenu), which gets the button. */
  menu: (button: ReactElement) => ReactNode;
  /** Fetches it. */
  fetch: Fetch;
  children: ReactElement<ButtonProps>;
}

/** A button with a menu, which is fetched when the pointer or the focus comes to the button. */
export function MenuButton({ menu, fetch, children }: Props) {
  const t = useWords(partWords);
  const [wanted, setWanted] = useState(false);
  if (wanted) return menu(children);
  return cloneElement(children, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: async () => {
      if (await fetch()) startTransition(() => setWanted(true));
      else toastFailed(t.wentWrong, t.unreachableHint);
    },
    onFocus: fetch,
    onPointerEnter: fetch,
  });
}
