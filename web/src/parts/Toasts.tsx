import '@mantine/notifications/styles.css';
import { Notifications, notifications } from '@mantine/notifications';

export const show = notifications.show;

/** Where toasts are drawn. */
export default function Toasts() {
  return <Notifications position="bottom-right" />;
}
