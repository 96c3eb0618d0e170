# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Completion of machtype for bash: installed as "machtype" where bash-completion looks for it.
# 'machtype complete' lists the candidates; this file only passes them to bash.

# Splits the words up to the cursor, without quotes and backslashes, into the array words. Bash's
# own are split at = and :, which occur in names of properties and in URIs. start: how much of the
# last word bash does not replace; quote: the one that is open there. No part of the line is run.
_machtype_split() { # LINE
  local line=$1 char word='' escaped='' i
  words=() start=0 quote=''
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1}
    if [[ -n $escaped ]]; then
      word+=$char escaped=''
    elif [[ $char == \\ && $quote != \' ]]; then
      escaped=1
    elif [[ -n $quote && $char == "$quote" ]]; then
      quote='' start=${#word}
    elif [[ -n $quote ]]; then
      word+=$char
    elif [[ $char == [\'\"] ]]; then
      quote=$char start=${#word}
    elif [[ $char == [$' \t\n'] ]]; then
      [[ $i -gt 0 && ${line:i-1:1} == [$' \t\n'] ]] || words+=("$word")
      word='' start=0
    else
      [[ $char == \~ && -z $word && ${line:i+1} == /*[$' \t']* ]] && char=$HOME
      word+=$char
      [[ $char == [:=] && $COMP_WORDBREAKS == *"$char"* ]] && start=${#word}
    fi
  done
  words+=("$word")
}

_machtype_files() { # KIND BEFORE
  local path=${words[-1]#"$2"} action=-f
  [[ $1 != folders ]] || action=-d
  compopt -o filenames
  # For a path that is a whole word for bash, and for one after a word break.
  mapfile -t COMPREPLY < <(compgen "$action" -P "${2:start}" -- "$path")
}

_machtype() {
  local line=${COMP_LINE:0:COMP_POINT} words start quote told value n
  _machtype_split "${line#"${line%%[^[:space:]]*}"}"
  COMPREPLY=()
  while IFS= read -r told; do
    if [[ $told == $'\t'* ]]; then
      told=${told#$'\t'}
      _machtype_files "${told%%$'\t'*}" "${told#*$'\t'}"
      return
    fi
    value=${told%%$'\t'*}
    value=${value:start}
    if [[ -z $quote ]]; then
      printf -v value %q "$value"
      value=${value//\\,/,}
    fi
    COMPREPLY+=("$value")
  done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
  n=${#COMPREPLY[@]}
  if [[ $n -eq 1 && ${COMPREPLY[0]} == *[=:/,] ]]; then
    compopt -o nospace
  fi
} 2>/dev/null

complete -F _machtype machtype
