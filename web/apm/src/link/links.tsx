import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";

type Native<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

/** A button that is a link: it can be opened in a new tab. */
export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & Native<ButtonProps>>(function ButtonAnchor(props, ref) {
    return <Button component="a" ref={ref} {...props} />;
  }),
);

export const TextLink = createLink(
  forwardRef<HTMLAnchorElement, AnchorProps & Native<AnchorProps>>(function TextAnchor(props, ref) {
    return <Anchor ref={ref} {...props} />;
  }),
);
