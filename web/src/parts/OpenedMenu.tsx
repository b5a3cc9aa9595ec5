import { Menu } from '@mantine/core';
import { cloneElement, type ReactElement, type ReactNode, type Ref, useEffect, useRef, useState } from 'react';

interface Props {
  button: ReactElement;
  width?: number;
  children: ReactNode;
}

/** The menu of a MenuButton, below its end. It is opened by being drawn; then the button opens and closes it. */
export function OpenedMenu({ button, width, children }: Props) {
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLElement>(null);
  useEffect(() => {
    // The focus goes back to what had it before the menu, which is this button; the one that was pressed is gone.
    target.current?.focus({ preventScroll: true });
    setOpened(true);
  }, []);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={width}>
      <Menu.Target>{cloneElement(button as ReactElement<{ ref: Ref<HTMLElement> }>, { ref: target })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
