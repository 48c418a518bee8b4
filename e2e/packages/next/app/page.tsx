import { Who } from './who';

export default function Page() {
  return (
    <main>
      <Who />
    </main>
  );
}
