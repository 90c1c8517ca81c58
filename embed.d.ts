// Types of what embed.js gives to a page. docs/protocol.md says what each thing means.

/** `tenant/widget`, such as `harbour-yoga/bookings`; `?page=…` behind it begins at that page. */
export type WidgetName = `${string}/${string}`;

export interface PlaceOptions {
  /** The frame's title for screen readers. */
  title?: string;
  /** CSS pixels. */
  minHeight?: string;
  maxHeight?: string;
  scheme?: "light" | "dark";
  /** What empty fields begin with, such as `email=…&given_name=…`. */
  prefill?: string;
  /** Words of the card that stands in for a frame that does not come. */
  error?: string;
  retry?: string;
  open?: string;
  /** Name of the dialog's button. */
  close?: string;
}

export interface Bookwidget {
  (name: "mount" | "unmount", place: HTMLElement): void;
  (name: "open", widget: WidgetName, options?: PlaceOptions): void;
  (name: "close"): void;
  /** True once the loader has come; until then calls wait in `q`. */
  loaded?: true;
  q?: ArrayLike<unknown>[];
}

interface BookingEvent {
  /** The booking's code. */
  booking: string;
}

/** Bubbling `CustomEvent`s on the element that holds a widget. */
export interface BookwidgetEvents {
  "bookwidget:ready": CustomEvent<Record<string, never>>;
  "bookwidget:session": CustomEvent<{ state: "in" | "out" }>;
  "bookwidget:fail": CustomEvent<{ code: string }>;
  "bookwidget:booking.made": CustomEvent<BookingEvent>;
  "bookwidget:booking.moved": CustomEvent<BookingEvent>;
  "bookwidget:booking.cancelled": CustomEvent<BookingEvent>;
  "bookwidget:booking.restored": CustomEvent<BookingEvent>;
  "bookwidget:booking.postponed": CustomEvent<BookingEvent>;
  "bookwidget:booking.resumed": CustomEvent<BookingEvent>;
  "bookwidget:booking.transferred": CustomEvent<BookingEvent>;
  "bookwidget:waitlist.joined": CustomEvent<Record<string, never>>;
  "bookwidget:waitlist.left": CustomEvent<Record<string, never>>;
}

declare global {
  interface Window {
    bookwidget?: Bookwidget;
  }
  interface HTMLElementEventMap extends BookwidgetEvents {}
  interface DocumentEventMap extends BookwidgetEvents {}
}
