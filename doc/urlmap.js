// SPDX-License-Identifier: LGPL-2.1-or-later
// The name and form are gi-docgen's.
baseURLs = [
  ['GLib', 'https://docs.gtk.org/glib/'],
  ['GObject', 'https://docs.gtk.org/gobject/'],
];
