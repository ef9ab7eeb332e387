# shellcheck shell=sh
# sources.sh - reads the machine's own package sources. Sourced by deps and fresh.
#
# A source has one of two forms: a stanza of fields in a .sources file, or a line in sources.list
# or a .list file. These functions get the entry for one suite out of either. Its mirror, key and
# options are kept as they are; the suite may get another name.

# source_files: prints the files that exist, in the order in which they are tried.
source_files()
{
	for file in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
		/etc/apt/sources.list.d/*.list; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# source_entry FILE SUITE NAME: prints the first entry of FILE that serves SUITE from main, but for
# the suite NAME and with main only, in the form of FILE. Prints nothing if there is none.
source_entry()
{
	case $1 in
	*.sources) source_stanza "$@" ;;
	*) source_line "$@" ;;
	esac
}

source_stanza()
{
	awk -v suite="$2" -v name="$3" '
	function flush() {
		if (types ~ /(^| )deb( |$)/ && suites ~ "(^| )" suite "( |$)" &&
		    components ~ /(^| )main( |$)/ && !done &&
		    tolower(enabled) !~ /^(no|false|without|off|disable|0)$/) {
			print "Types: deb"
			print "Suites: " name
			print "Components: main"
			printf "%s", rest
			done = 1
		}
		types = suites = components = enabled = rest = field = ""
	}
	/^[ \t]*$/ { flush(); next }
	/^#/ { next }
	/^[^ \t]/ {
		field = tolower($0); sub(/:.*/, "", field)
		value = $0; sub(/^[^:]*:[ \t]*/, "", value)
	}
	/^[ \t]/ { value = $0 }
	field == "types" { types = types " " value; next }
	field == "suites" { suites = suites " " value; next }
	field == "components" { components = components " " value; next }
	field == "enabled" { enabled = value; next }
	{ rest = rest $0 "\n" }
	END { flush() }' "$1"
}

source_line()
{
	awk -v suite="$2" -v name="$3" '
	$1 == "deb" {
		at = 2
		if ($at ~ /^\[/)
			while ($at !~ /\]$/)
				at++
		at += $2 ~ /^\[/ ? 1 : 0
		if ($(at + 1) != suite || ($0 " ") !~ / main /)
			next
		$(at + 1) = name
		NF = at + 1
		print $0 " main"
		exit
	}' "$1"
}

# stanza_line: turns the stanza on standard input into lines, one for each of its mirrors, which is
# the form that Debian's installer writes. Fails if lines cannot say the same.
stanza_line()
{
	awk '
	/^[ \t]/ { exit bad = 1 }
	{
		field = tolower($0); sub(/:.*/, "", field)
		value = $0; sub(/^[^:]*:[ \t]*/, "", value); sub(/[ \t]+$/, "", value)
	}
	field == "types" { next }
	field == "uris" { uris = value; next }
	field == "suites" { suite = value; next }
	field == "components" { components = value; next }
	{
		gsub(/[ \t]+/, ",", value)
		sub(/^architectures$/, "arch", field); sub(/^languages$/, "lang", field)
		sub(/^targets$/, "target", field)
		options = options " " field "=" value
	}
	END {
		if (bad || uris == "")
			exit 1
		if (options != "")
			options = "[" substr(options, 2) "] "
		n = split(uris, uri, /[ \t]+/)
		for (i = 1; i <= n; i++)
			print "deb " options uri[i] " " suite " " components
	}'
}
