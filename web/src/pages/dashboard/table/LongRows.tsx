import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import type { Numbered } from './sorting';

interface Props {
  /** What scrolls, as soon as it is there. */
  view: HTMLElement | null;
  rows: Numbered[];
  /** How many columns there are. */
  columns: number;
  draw: (row: Numbered, place: number) => ReactNode;
}

const rowHeight = 37;

/** Very many rows: only those in sight are in the page. */
export default function LongRows({ view, rows, columns, draw }: Props) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => view,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown[shown.length - 1]?.end ?? 0);
  return (
    <>
      {above > 0 && <Gap height={above} columns={columns} />}
      {shown.map(({ index }) => {
        const row = rows[index];
        return row && draw(row, index);
      })}
      {below > 0 && <Gap height={below} columns={columns} />}
    </>
  );
}

/** Stands for rows that are out of sight. */
function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
