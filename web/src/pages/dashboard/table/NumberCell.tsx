import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './DataTable.module.css';

/** A number that opens the events behind it. */
export function NumberCell({
  column,
  text,
  row,
  change,
  onOpen,
}: {
  column: string;
  text: string;
  row: string;
  /** How it differs from the period before. */
  change?: string;
  onOpen: () => void;
}) {
  const t = useWords(dashboardWords);
  return (
    <td className={classes.right}>
      {change && <span className={classes.change}>{change}</span>}
      <button type="button" className={classes.number} aria-label={t.openEvents(column, text, row)} onClick={onOpen}>
        {text}
      </button>
    </td>
  );
}
