import { Menu } from '@mantine/core';
import { type ReactNode, useId } from 'react';

/** Items of a menu below a label, which is read as that of each of them. */
export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a menu may have no fieldset
    <div role="group" aria-labelledby={id}>
      <Menu.Label id={id}>{label}</Menu.Label>
      {children}
    </div>
  );
}
