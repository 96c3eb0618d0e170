# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of machtype for fish: installed where fish looks for it. 'machtype complete' lists the
# candidates; this file only passes them to fish.

function __machtype_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    # Open quotes remain in the word that is being written.
    set -l plain (string unescape -- $current; or string replace -ra '^[\'"]|\\\\(.)' '$1' -- $current)
    for told in ($program complete -- $words "$plain" 2>/dev/null)
        set -l fields (string split \t -- $told)
        if test -n "$fields[1]"
            echo $told
            continue
        end
        set -l before $fields[3]
        set -l path (string sub -s (math (string length -- "$before") + 1) -- "$plain")
        # As it would be typed after a command without completion, which takes files. Whether
        # fish's function for that expects it escaped depends on the version.
        set -l typed (string escape --no-quoted -- "$path" | string replace -r '^\\\\~' '~')
        set -l found (complete -C "'' $typed")
        if test "$fields[2]" = folders
            set found (string match -r '.*/$' -- $found)
        end
        for file in $found
            echo $before$file
        end
    end
end

complete -c machtype -f -a '(__machtype_complete)'
