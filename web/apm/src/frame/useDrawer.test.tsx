import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { useDrawer } from "./useDrawer";

function Page() {
  const [open, setOpen] = useState(false);
  const drawer = useDrawer(open, () => setOpen(false));
  return (
    <>
      <button onClick={() => setOpen(true)}>menu</button>
      <nav ref={drawer}>
        <a href="#one">one</a>
        <a href="#two">two</a>
      </nav>
      <button>page</button>
    </>
  );
}

const focused = (name: string) => expect.poll(() => document.activeElement?.textContent).toBe(name);

test("the keyboard stays in an open drawer, and Escape returns to what opened it", async () => {
  const person = userEvent.setup({ delay: null });
  render(<Page />);
  await person.click(screen.getByText("menu"));
  await focused("one");
  await person.tab({ shift: true });
  await focused("two");
  await person.keyboard("{Escape}");
  await focused("menu");
});
