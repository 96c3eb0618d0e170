// SPDX-License-Identifier: LGPL-2.1-or-later
// main-job IMAGE_PROPERTY=VALUE...: decide, check, record, change and write one guest.
//
// A std::unique_ptr owns what the library returns, and a GError becomes an exception. C++11.
//
//     c++ main-job.cc $(pkg-config --cflags --libs libmachtype) -o main-job
#include <machtype/machtype.h>

#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace
{

const char *const uuid = "6f1d4b5e-0000-4000-8000-000000000001";

template <typename T, void (*unref) (T *)> struct Unref {
  void operator() (T *object) const
  {
    unref (object);
  }
};

template <typename T, void (*unref) (T *)> using Owned = std::unique_ptr<T, Unref<T, unref>>;

void
unref_store (MachtypeStore *store)
{
  g_object_unref (store);
}

using Change = Owned<MachtypeChange, machtype_change_unref>;
using Guest = Owned<MachtypeGuest, machtype_guest_unref>;
using GuestBuilder = Owned<MachtypeGuestBuilder, machtype_guest_builder_unref>;
using Host = Owned<MachtypeHost, machtype_host_unref>;
using HostBuilder = Owned<MachtypeHostBuilder, machtype_host_builder_unref>;
using List = Owned<GPtrArray, g_ptr_array_unref>;
using Properties = Owned<MachtypeProperties, machtype_properties_unref>;
using PropertiesBuilder = Owned<MachtypePropertiesBuilder, machtype_properties_builder_unref>;
using Record = Owned<MachtypeRecord, machtype_record_unref>;
using RecordBuilder = Owned<MachtypeRecordBuilder, machtype_record_builder_unref>;
using Resolution = Owned<MachtypeResolution, machtype_resolution_unref>;
using Store = Owned<MachtypeStore, unref_store>;

// Takes the error of a call; check() throws it.
class Failure
{
public:
  ~Failure ()
  {
    g_clear_error (&error);
  }

  GError **operator& ()
  {
    return &error;
  }

  void check (bool well) const
  {
    if (!well)
      throw std::runtime_error (error->message);
  }

private:
  GError *error = nullptr;
};

Properties
read_image (char **arguments)
{
  PropertiesBuilder builder (machtype_properties_builder_new ());
  Failure failure;

  for (; *arguments != nullptr; arguments++) {
    const std::string argument (*arguments);
    const auto equals = argument.find ('=');
    const auto name = argument.substr (0, equals);
    const auto value = equals == std::string::npos ? "" : argument.substr (equals + 1);

    failure.check (machtype_properties_builder_add_image (builder.get (), name.c_str (),
                                                          value.c_str (), &failure));
  }
  return Properties (machtype_properties_builder_end (builder.get ()));
}

// machtype_host_open ("qemu:///system", ...) would ask libvirt; here, only the CPU architecture is
// known.
Host
read_host ()
{
  Failure failure;
  HostBuilder builder (machtype_host_builder_new ());

  failure.check (machtype_host_builder_set_arch (builder.get (), MACHTYPE_ARCH_X86_64, &failure));
  return Host (machtype_host_builder_end (builder.get ()));
}

Record
record (MachtypeStore *store, const MachtypeResolution *resolution, const MachtypeGuest *guest)
{
  Failure failure;
  RecordBuilder builder (machtype_record_builder_new (uuid, &failure));

  failure.check (builder != nullptr);
  failure.check (machtype_record_builder_set_resolution (builder.get (), resolution, &failure));
  failure.check (machtype_record_builder_set_guest (builder.get (), guest, &failure));
  failure.check (machtype_record_builder_set_state (builder.get (), "stopped", &failure));

  Record unkept (machtype_record_builder_end (builder.get ()));
  Record kept (machtype_store_add (store, unkept.get (), nullptr, &failure));
  failure.check (kept != nullptr);
  return kept;
}

const MachtypeFinding *
get_finding (const List &list, guint i)
{
  return static_cast<const MachtypeFinding *> (g_ptr_array_index (list.get (), i));
}

void
print_change (const char *old_type, MachtypeArch arch, MachtypeHost *host)
{
  Failure failure;
  Change change (machtype_change_check (old_type, "pc-q35-9.0", arch, NULL, MACHTYPE_STATE_STOPPED,
                                        MACHTYPE_CHANGE_NONE, host, &failure));

  failure.check (change != nullptr);
  std::cout << machtype_verdict_to_string (machtype_change_get_verdict (change.get ())) << '\n';
  List reasons (machtype_change_list_reasons (change.get ()));
  for (guint i = 0; i < reasons->len; i++)
    std::cout << machtype_finding_get_message (get_finding (reasons, i)) << '\n';
}

// The line of the domain XML with the machine type.
void
print_type (const MachtypeGuest *guest)
{
  std::istringstream xml (machtype_guest_get_xml (guest));
  std::string line;

  while (line.find ("<type ") == std::string::npos)
    std::getline (xml, line);
  std::cout << line.substr (line.find_first_not_of (' ')) << '\n';
}

int
run (char **arguments)
{
  Failure failure;
  const auto image = read_image (arguments);
  const auto host = read_host ();
  const Store store (machtype_store_open_memory ());

  const Resolution resolution (
      machtype_resolve (image.get (), nullptr, host.get (), nullptr, &failure));
  failure.check (resolution != nullptr);
  const auto arch = machtype_resolution_get_arch (resolution.get ());
  const auto machine = machtype_resolution_get_machine_to_record (resolution.get ());
  std::cout << machine << ", because " << machtype_resolution_get_explanation (resolution.get ())
            << '\n';

  const List findings (machtype_compat_check (image.get (), arch, NULL, machine, host.get ()));
  if (findings->len > 0) {
    const auto first = get_finding (findings, 0);
    std::cout << machtype_finding_get_message (first) << "; " << machtype_finding_get_remedy (first)
              << '\n';
    return 1;
  }

  const GuestBuilder builder (
      machtype_guest_builder_new (resolution.get (), image.get (), host.get ()));
  const Guest guest (machtype_guest_builder_end (builder.get (), &failure));
  failure.check (guest != nullptr);
  print_type (guest.get ());

  const auto kept = record (store.get (), resolution.get (), guest.get ());
  print_change (machtype_record_get_machine (kept.get ()), arch, host.get ());
  return 0;
}

} // namespace

int
main (int, char **argv)
{
  try {
    return run (argv + 1);
  } catch (const std::exception &error) {
    std::cerr << "main-job: " << error.what () << '\n';
    return 1;
  }
}
