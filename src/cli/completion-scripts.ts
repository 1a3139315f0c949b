/**
 * What a shell is taught: at each press of the key it asks `cefline __complete` with the words that are
 * written. The first line of the answer says what is wanted, `words`, `files` or `folders`; words
 * follow, one a line, with a tab before what they mean.
 */

const bash = `# Completion of cefline for bash: source <(cefline completion bash)
_cefline() {
  local current=\${COMP_WORDS[COMP_CWORD]} kind line
  COMPREPLY=()
  # bash makes a word of its own of the = in --option=value.
  [[ $current == = ]] && current=
  {
    IFS= read -r kind || return
    case $kind in
      files | folders)
        compopt -o filenames 2>/dev/null
        local action=-f
        [[ $kind == folders ]] && action=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$action" -- "$current")
        ;;
      *)
        while IFS= read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done
        ;;
    esac
  } < <("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _cefline cefline
`

const zsh = `#compdef cefline
# Completion of cefline for zsh: source <(cefline completion zsh)
_cefline() {
  local line kind
  local -a answer found
  answer=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  kind=\${answer[1]}
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
    *)
      for line in "\${(@)answer[2,-1]}"; do
        [[ -n $line ]] || continue
        found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
      done
      _describe cefline found
      ;;
  esac
}
if [[ \${funcstack[1]} == _cefline ]]; then
  _cefline "$@"
else
  compdef _cefline cefline
fi
`

const fish = `# Completion of cefline for fish: cefline completion fish | source
function __cefline_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    switch $answer[1]
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
        case '*'
            printf '%s\\n' $answer[2..-1]
    end
end
complete -c cefline -f -a '(__cefline_complete)'
`

export const completionScripts = { bash, zsh, fish } as const
