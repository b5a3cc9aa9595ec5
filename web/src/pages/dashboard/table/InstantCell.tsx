import classes from './DataTable.module.css';

/** An instant, whose time goes below its date where that makes a table narrower. */
export function InstantCell({ text }: { text: string }) {
  const time = text.lastIndexOf(' ', text.lastIndexOf(':')) + 1;
  return (
    <td className={classes.instant}>
      <span>{text.slice(0, time)}</span>
      <span>{text.slice(time)}</span>
    </td>
  );
}
