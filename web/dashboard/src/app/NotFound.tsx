import { LinkButton } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';
import { PATHS } from './paths.ts';

export function NotFound() {
  return (
    <Empty icon="search" title="There is no such page" action={<LinkButton to={PATHS.home}>Go to Home</LinkButton>}>
      Check the address, or start from the home page.
    </Empty>
  );
}
