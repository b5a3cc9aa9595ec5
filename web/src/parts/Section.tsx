import { Card, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Section.module.css';

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}

/** A part of a page of forms: what it is about stands beside it, or above it where there is no room. */
export function Section({ title, about, children }: Props) {
  return (
    <Card withBorder component="section" aria-label={title} padding="lg">
      <div className={classes.section}>
        <div>
          <Title order={2}>{title}</Title>
          {about && (
            <Text size="sm" c="dimmed" mt={4}>
              {about}
            </Text>
          )}
        </div>
        <div className={classes.content}>{children}</div>
      </div>
    </Card>
  );
}
