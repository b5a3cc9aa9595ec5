import { Tooltip } from '@mantine/core';
import type { RefObject } from 'react';

interface Props {
  id: string;
  target: RefObject<HTMLElement | null>;
  opened: boolean;
  label: string;
}

/** What a {@link Tip} shows. */
export default function Bubble({ id, target, opened, label }: Props) {
  return <Tooltip id={id} target={target} opened={opened} label={label} multiline maw={320} />;
}
