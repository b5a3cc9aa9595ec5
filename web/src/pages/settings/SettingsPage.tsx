import { Alert, Card } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../i18n/words';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { useMay } from '../../session/may';
import { SettingGroup } from './SettingGroup';
import { grouped } from './settings';
import { settingsQuery } from './settingsQuery';
import { settingsWords } from './words';

/** What holds for the whole installation, in groups that are saved by themselves. */
export function SettingsPage() {
  const t = useWords(settingsWords);
  const settings = useQuery(settingsQuery);
  const mayEdit = useMay('EDIT', 'SETTINGS');
  return (
    <Page title={t.title} about={t.about}>
      {!settings.data && (
        <Card withBorder padding={0}>
          {settings.isPending && <Loading lines={12} />}
          {settings.isError && <Failed error={settings.error} retry={() => settings.refetch()} />}
        </Card>
      )}
      {settings.data && !mayEdit && (
        <Alert color="gray" variant="light" icon={<IconEye size={18} />}>
          {t.readOnly}
        </Alert>
      )}
      {settings.data &&
        grouped(settings.data).map((g) => (
          <SettingGroup key={g.group} group={g.group} settings={g.settings} mayEdit={mayEdit} />
        ))}
    </Page>
  );
}
