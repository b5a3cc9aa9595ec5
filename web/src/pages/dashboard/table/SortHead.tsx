import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './DataTable.module.css';
import type { Sorting } from './sorting';

interface Props {
  name: string;
  right: boolean;
  /** Whether the column stays in sight, however far the others are scrolled. */
  stays: boolean;
  /** How the rows are sorted by this column; undefined: they are not. */
  sorting: Sorting | undefined;
  onSort: () => void;
}

/** The head of a column, which sorts by it. */
export function SortHead({ name, right, stays, sorting, onSort }: Props) {
  const t = useWords(dashboardWords);
  const Arrow = sorting?.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      className={stays ? classes.naming : right ? classes.right : undefined}
      aria-sort={sorting ? (sorting.descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className={classes.sort} title={t.sort(name)} onClick={onSort}>
        {name}
        <Arrow size={12} aria-hidden className={classes.arrow} data-on={sorting ? true : undefined} />
      </button>
    </th>
  );
}
