import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useWords } from '../i18n/words';
import { partWords } from './words';

/** The shape of what is coming: some lines, or one block of a height. */
export function Loading({ lines = 6, height }: { lines?: number; height?: number }) {
  const t = useWords(partWords);
  return (
    <Stack gap="sm" p="md" role="status">
      <VisuallyHidden>{t.loading}</VisuallyHidden>
      {height ? (
        <Skeleton height={height} radius="md" />
      ) : (
        Array.from({ length: lines }, (_, i) => `line ${i}`).map((key, i) => (
          <Skeleton key={key} height={14} width={`${92 - ((i * 17) % 40)}%`} radius="sm" />
        ))
      )}
    </Stack>
  );
}
