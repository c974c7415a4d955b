import { Component, type ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';

/** A page that fails, or whose script could not be fetched, leaves the navigation standing. Only a reload fetches again. */
export class PageBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch() {
    addEventListener('online', reload);
  }

  override componentWillUnmount() {
    removeEventListener('online', reload);
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Empty icon="alert" title="This page could not be shown" action={<Button onClick={reload}>Reload</Button>}>
        The connection was lost, or the dashboard has been updated since you opened it. Reload once you are online.
      </Empty>
    );
  }
}

function reload(): void {
  location.reload();
}
