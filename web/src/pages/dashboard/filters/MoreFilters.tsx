import { Button, Collapse, Group, Stack } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import type { Asking } from './asking';
import { FieldFilter } from './FieldFilter';
import classes from './Filters.module.css';
import { OptionChoice } from './OptionChoice';

interface Props extends Asking {
  report: string;
  opened: boolean;
  options: Schemas['ReportOption'][];
  fields: Schemas['ReportFilterHead'][];
  reset: () => void;
}

/** What is asked for seldom. It is there, if out of sight, while it is closed: what somebody has begun to type stays. */
export default function MoreFilters({ report, opened, options, fields, asked, ask, reset }: Props) {
  const t = useWords(dashboardWords);
  return (
    <Collapse expanded={opened}>
      <Stack gap="md" pt="md">
        <div className={classes.row}>
          {options.map((o) => (
            <OptionChoice key={o.name} option={o} asked={asked} ask={ask} />
          ))}
          {fields.map((field) => (
            <FieldFilter key={field.name} report={report} field={field} asked={asked} ask={ask} />
          ))}
        </div>
        <Group>
          <Button variant="default" size="xs" onClick={reset}>
            {t.reset}
          </Button>
        </Group>
      </Stack>
    </Collapse>
  );
}
