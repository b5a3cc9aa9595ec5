import { cloneElement, type ReactElement, Suspense, useEffect, useId, useRef, useState } from 'react';
import { later } from './later';

const Bubble = later(() => import('./Bubble'));

interface TargetProps {
  ref?: React.Ref<HTMLElement>;
  'aria-describedby'?: string;
  onMouseEnter?: () => void;
  onMouseLeave?: () => void;
  onFocus?: (e: React.FocusEvent) => void;
  onBlur?: () => void;
}

/** Says more about an element while the pointer or the focus is on it; Escape ends that. What draws it is fetched for the first. */
export function Tip({ label, children }: { label: string; children: ReactElement<TargetProps> }) {
  const id = useId();
  const target = useRef<HTMLElement>(null);
  const [shown, setShown] = useState(false);
  const [used, setUsed] = useState(false);
  const opening = useRef(0);
  const show = (wait: number) => {
    const there = Bubble.fetch();
    window.clearTimeout(opening.current);
    const turn = window.setTimeout(async () => {
      if (!(await there) || opening.current !== turn) return;
      setUsed(true);
      setShown(true);
    }, wait);
    opening.current = turn;
  };
  const hide = () => {
    window.clearTimeout(opening.current);
    opening.current = 0;
    setShown(false);
  };
  useEffect(() => () => window.clearTimeout(opening.current), []);
  useEffect(() => {
    if (!shown) return;
    const hideAtEscape = (e: KeyboardEvent) => e.key === 'Escape' && setShown(false);
    document.addEventListener('keydown', hideAtEscape);
    return () => document.removeEventListener('keydown', hideAtEscape);
  }, [shown]);
  return (
    <>
      {cloneElement(children, {
        ref: target,
        'aria-describedby': shown ? id : undefined,
        onMouseEnter: () => show(300),
        onMouseLeave: hide,
        onFocus: (e) => e.currentTarget.matches(':focus-visible') && show(0),
        onBlur: hide,
      })}
      {used && (
        <Suspense>
          <Bubble id={id} target={target} opened={shown} label={label} />
        </Suspense>
      )}
    </>
  );
}
