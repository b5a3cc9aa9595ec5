import { Button, Card, Collapse, Group, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useWords } from '../../../i18n/words';
import type { Definition } from '../../../reports/definitions';
import type { Dashboard } from '../useDashboard';
import { dashboardWords } from '../words';
import { FieldFilter } from './FieldFilter';
import classes from './Filters.module.css';
import { OptionChoice } from './OptionChoice';
import { PeriodChoice } from './PeriodChoice';
import { TenantChoice } from './TenantChoice';
import { ZoneChoice } from './ZoneChoice';

/** How rows are cut is asked for often, so that these options stand beside the period. */
const prominent = ['every', 'by'];

/** What may be asked of a report. Each change is an address of its own: the browser's Back undoes it. */
export function Filters({ definition, dashboard }: { definition: Definition; dashboard: Dashboard }) {
  const t = useWords(dashboardWords);
  const { asked, ask } = dashboard;
  const options = definition.options ?? [];
  const fields = definition.filters ?? [];
  const rare = options.filter((o) => !prominent.includes(o.name));
  const chosen =
    (asked.where?.length ?? 0) + (asked.option ?? []).filter((o) => !prominent.includes(o.split('=')[0] ?? '')).length;
  const [opened, { toggle }] = useDisclosure(chosen > 0);
  return (
    <Card withBorder component="section" aria-label={t.filters} padding="md">
      <Stack gap="md">
        <div className={classes.row}>
          <TenantChoice asked={asked} ask={ask} />
          <PeriodChoice asked={asked} ask={ask} />
          <ZoneChoice definition={definition} asked={asked} ask={ask} />
          <Select
            label={t.compare}
            allowDeselect={false}
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
            >
              {chosen > 0 ? t.moreChosen(chosen) : t.more}
            </Button>
          )}
        </div>
        <Collapse expanded={opened}>
          <Stack gap="md">
            <div className={classes.row}>
              {rare.map((o) => (
                <OptionChoice key={o.name} option={o} asked={asked} ask={ask} />
              ))}
              {fields.map((field) => (
                <FieldFilter key={field.name} field={field} asked={asked} ask={ask} />
              ))}
            </div>
            <Group>
              <Button variant="default" size="xs" onClick={dashboard.reset}>
                {t.reset}
              </Button>
            </Group>
          </Stack>
        </Collapse>
      </Stack>
    </Card>
  );
}
