import { Button, Card } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { Suspense, startTransition, useState } from 'react';
import { queries } from '../../../api/queries';
import { useWords } from '../../../i18n/words';
import { later } from '../../../parts/later';
import { OneOf } from '../../../parts/OneOf';
import { toastFailed } from '../../../parts/toast';
import { partWords } from '../../../parts/words';
import { tableQuery } from '../../../reports/answers';
import type { Definition } from '../../../reports/definitions';
import { civilDates } from '../../../reports/previous';
import type { Dashboard } from '../useDashboard';
import { dashboardWords } from '../words';
import classes from './Filters.module.css';
import { OptionChoice } from './OptionChoice';
import { PeriodChoice } from './PeriodChoice';
import { TenantChoice } from './TenantChoice';
import { ZoneChoice } from './ZoneChoice';

const MoreFilters = later(() => import('./MoreFilters'));

/** How rows are cut is asked for often, so that these options stand beside the period. */
const prominent = ['every', 'by'];

/** What may be asked of a report. Each change is an address of its own: the browser's Back undoes it. */
export function Filters({ definition, dashboard }: { definition: Definition; dashboard: Dashboard }) {
  const t = useWords(dashboardWords);
  const p = useWords(partWords);
  const { asked, ask } = dashboard;
  const options = definition.options ?? [];
  const fields = definition.filters ?? [];
  const rare = options.filter((o) => !prominent.includes(o.name));
  const chosen =
    (asked.where?.length ?? 0) + (asked.option ?? []).filter((o) => !prominent.includes(o.split('=')[0] ?? '')).length;
  const [opened, setOpened] = useState(chosen > 0);
  // They are drawn from the first time on that they are opened.
  const [wanted, setWanted] = useState(opened);
  const toggle = async () => {
    if (!(await MoreFilters.fetch())) return toastFailed(p.wentWrong, p.unreachableHint);
    startTransition(() => {
      setOpened(!opened);
      setWanted(true);
    });
  };
  return (
    <Card withBorder component="section" aria-label={t.filters} padding="md">
      <div className={classes.row}>
        <TenantChoice asked={asked} ask={ask} />
        <PeriodChoice
          asked={asked}
          ask={ask}
          shown={() => {
            const [table] = definition.tables ?? [];
            const answer = table && queries.getQueryData(tableQuery(definition.name, table.name, asked).queryKey);
            return answer?.tenants?.[0] && civilDates(answer.tenants[0]);
          }}
        />
        <ZoneChoice definition={definition} asked={asked} ask={ask} />
        <OneOf
          label={t.compare}
          value={dashboard.compared ? 'previous' : 'nothing'}
          data={[
            { value: 'nothing', label: t.compareNothing },
            { value: 'previous', label: t.comparePrevious },
          ]}
          onChange={(v) => dashboard.compare(v === 'previous')}
        />
        {options
          .filter((o) => prominent.includes(o.name))
          .map((o) => (
            <OptionChoice key={o.name} option={o} asked={asked} ask={ask} />
          ))}
        {(rare.length > 0 || fields.length > 0) && (
          <Button
            variant="subtle"
            color="gray"
            className={classes.more}
            leftSection={<IconAdjustmentsHorizontal size={18} stroke={1.6} />}
            aria-expanded={opened}
            onClick={toggle}
            onFocus={MoreFilters.fetch}
            onPointerEnter={MoreFilters.fetch}
          >
            {chosen > 0 ? t.moreChosen(chosen) : t.more}
          </Button>
        )}
      </div>
      {wanted && (
        <Suspense>
          <MoreFilters
            report={definition.name}
            opened={opened}
            options={rare}
            fields={fields}
            asked={asked}
            ask={ask}
            reset={dashboard.reset}
          />
        </Suspense>
      )}
    </Card>
  );
}
