/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main-job IMAGE_PROPERTY=VALUE...: decide, check, record, change and write one guest.
 *
 *     valac --pkg libmachtype main-job.vala */

const string UUID = "6f1d4b5e-0000-4000-8000-000000000001";

Machtype.Properties read_image (string[] arguments) throws GLib.Error {
  var builder = new Machtype.PropertiesBuilder ();

  foreach (unowned string argument in arguments) {
    var pair = argument.split ("=", 2);
    builder.add_image (pair[0], pair.length > 1 ? pair[1] : "");
  }
  return builder.end ();
}

/* Machtype.host_open ("qemu:///system", ...) would ask libvirt; here, only the CPU architecture is
 * known. */
Machtype.Host read_host () throws GLib.Error {
  var builder = new Machtype.HostBuilder ();

  builder.set_arch (Machtype.Arch.X86_64);
  return builder.end ();
}

Machtype.Record record (Machtype.Store store, Machtype.Resolution resolution,
                        Machtype.Guest guest) throws GLib.Error {
  var builder = new Machtype.RecordBuilder (UUID);

  builder.set_resolution (resolution);
  builder.set_guest (guest);
  builder.set_state ("stopped");
  return store.add (builder.end (), null);
}

int run (string[] arguments) throws GLib.Error {
  var image = read_image (arguments);
  var host = read_host ();
  var store = Machtype.Store.open_memory ();

  var resolution = Machtype.resolve (image, null, host, null);
  var arch = resolution.get_arch ();
  unowned string machine = resolution.get_machine_to_record ();
  print ("%s, because %s\n", machine, resolution.get_explanation ());

  var findings = Machtype.compat_check (image, arch, null, machine, host);
  if (findings.length != 0) {
    print ("%s; %s\n", findings[0].get_message (), findings[0].get_remedy ());
    return 1;
  }

  var guest = new Machtype.GuestBuilder (resolution, image, host).end ();
  foreach (var line in guest.get_xml ().split ("\n")) {
    if ("<type " in line)
      print ("%s\n", line.strip ());
  }

  var kept = record (store, resolution, guest);
  var change = Machtype.Change.check (kept.get_machine (), "pc-q35-9.0", arch, null,
                                      Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, host);
  print ("%s\n", change.get_verdict ().to_string ());
  var reasons = change.list_reasons ();
  for (var i = 0; i < reasons.length; i++)
    print ("%s\n", reasons[i].get_message ());
  return 0;
}

int main (string[] arguments) {
  try {
    return run (arguments[1:arguments.length]);
  } catch (GLib.Error error) {
    stderr.printf ("main-job: %s\n", error.message);
    return 1;
  }
}
