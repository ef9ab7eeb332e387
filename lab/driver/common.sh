# shellcheck shell=sh disable=SC2034 # used by those who source it
# common.sh - what all verbs of the lab's driver share: options, names, settings and the lock. It
# is sourced, never run. docs/PROTOCOL.md 3 is the contract.
#
# A verb is started with nothing but PATH and EIC_STATE_DIR in its environment, so the settings of
# a lab are in EIC_STATE_DIR/driver.conf, which lab/up writes.
set -eu
umask 022
export LC_ALL=C

# The settings in driver.conf, with their defaults.
public_cidr=198.19.0.0/24	# addresses at which this machine reaches instances
link_cidr=100.127.0.0/16	# a /30 of it links this machine and a VPC
helper=				# the sshd helper that is put into the image
root_ca=			# the certificate that the image trusts
hidden=				# more directories that the image must hide, with colons between

# die REASON: fails. The caller reports the last line of standard error as the reason.
die()
{
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit 1
}

# id_check PREFIX VALUE: checks an id strictly, as it becomes part of file names and rules.
id_check()
{
	case ${2#"$1"-} in
	"$2" | '' | *[!0-9a-f]*) die "$2: not an id of the form $1-..." ;;
	esac
	if [ ${#2} -gt 32 ] || [ ${#2} -lt $((${#1} + 9)) ]; then
		die "$2: an id has 8 to 32 digits"
	fi
}

# chars_check NAME VALUE PATTERN: fails if VALUE is empty or matches PATTERN.
chars_check()
{
	# shellcheck disable=SC2254 # the pattern is meant as one
	case $2 in
	'' | $3) die "--$1 $2: malformed" ;;
	esac
}

# option NAME VALUE: checks the value of an option and keeps it in opt_NAME.
option()
{
	case $1 in
	vpc) id_check vpc "$2"; opt_vpc=$2 ;;
	subnet) id_check subnet "$2"; opt_subnet=$2 ;;
	instance) id_check i "$2"; opt_instance=$2 ;;
	cidr) chars_check "$1" "$2" '*[!0-9./]*'; opt_cidr=$2 ;;
	private-ip) chars_check "$1" "$2" '*[!0-9.]*'; opt_private_ip=$2 ;;
	public-ip) [ "$2" = none ] || chars_check "$1" "$2" '*[!0-9.]*'; opt_public_ip=$2 ;;
	mac) chars_check "$1" "$2" '*[!0-9a-f:]*'; opt_mac=$2 ;;
	hostname) chars_check "$1" "$2" '*[!0-9A-Za-z.-]*'; opt_hostname=$2 ;;
	ingress) [ -z "$2" ] || chars_check "$1" "$2" '*[!0-9a-z.:/,-]*'; opt_ingress=$2 ;;
	esac
}

# options "NAME ..." ARGUMENTS: parses options. Each name must be given once, and no other.
options()
{
	wanted=" $1 "
	shift
	while [ $# -gt 0 ]; do
		case $wanted in
		*" ${1#--} "*) ;;
		*) die "$1: unknown or repeated option" ;;
		esac
		[ $# -ge 2 ] || die "$1: its value is missing"
		option "${1#--}" "$2"
		wanted="${wanted%%" ${1#--} "*} ${wanted#*" ${1#--} "}"
		shift 2
	done
	case $wanted in
	*[!\ ]*) die "options missing:$wanted" ;;
	esac
}

# state_find: finds out where the lab's state is.
state_find()
{
	state=${EIC_STATE_DIR:?EIC_STATE_DIR is not set}
	case $state in
	/*[!A-Za-z0-9./_-]* | [!/]*) die "EIC_STATE_DIR $state: not a plain absolute path" ;;
	esac
}

# state_open: opens the lab's state and locks it. Verbs share the lock; lab/down holds it
# exclusively, so that nothing is built while everything is being removed.
state_open()
{
	state_find
	[ -d "$state" ] || die "$state: no such directory"
	[ "$(id -u)" = 0 ] || die "only root can make namespaces and mounts"
	exec 8>>"$state/driver.lock"
	flock -s -w 60 8 || die "$state is locked by another program"
	[ -e "$state/driver.lock" ] || die "$state was taken down"
	state_settings
}

state_settings()
{
	if [ -e "$state/driver.conf" ]; then
		# shellcheck disable=SC1091 # written by lab/up
		. "$state/driver.conf"
	fi
	lab_names
}

# Names begin with a mark of the lab, which is made of the path of its state. So labs can run side
# by side, and lab/down finds everything of a lab even when its state is lost. The names of
# interfaces, which have at most 15 bytes, get the last digits of an id.
lab_names()
{
	mark=$(printf %s "$state" | cksum)
	mark=$((${mark%% *} & 0xffff))
	route_metric=$((0x10000 + mark))
	prefix=eic$(printf %04x $mark)
}

vpc_names()
{
	vpc_dir=$state/vpcs/$1
	vpc_ns=$prefix-$1
	host_if=$prefix-$(tail_of "$1" 7)
}

instance_names()
{
	dir=$state/instances/$1
	ns=$prefix-$1
	port=e-$(tail_of "$1" 13)
	chain=in_${1#i-}
}

# tail_of ID N: prints the last N digits of an id.
tail_of()
{
	digits=${1##*-}
	while [ ${#digits} -gt "$2" ]; do
		digits=${digits#?}
	done
	echo "$digits"
}

in_ns()
{
	netns=/run/netns/$1
	shift
	nsenter --net="$netns" "$@"
}

ns_exists()
{
	# After a crash there may be a name without a namespace mounted on it.
	[ -e "/run/netns/$1" ] && nsenter --net="/run/netns/$1" true 2>/dev/null
}

ns_delete()
{
	if [ -e "/run/netns/$1" ]; then
		ip netns delete "$1" 2>/dev/null || rm -f "/run/netns/$1"
	fi
}
