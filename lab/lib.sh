# shellcheck shell=sh disable=SC2034 # used by those who source it
# lib.sh - what lab/up, down, env, status and restart share: settings, the lab's processes,
# waiting. It is sourced, never run.
#
# A process belongs to the lab if it is one of openeic's programs and was started with the lab's
# configuration file. So the lab's processes are found after any crash, without pid files.
set -eu
umask 022
export LC_ALL=C

root=$(realpath "$(dirname "$0")/..")
PATH=/usr/sbin:/sbin:$PATH

die()
{
	printf 'lab/%s: %s\n' "${0##*/}" "$1" >&2
	exit 1
}

# usage_exit ARGUMENT: exits after the usage was printed: with 0 if ARGUMENT asked for it.
usage_exit()
{
	case $1 in
	-h | --help | help) exit 0 ;;
	*) exit 2 ;;
	esac
}

settings_help()
{
	cat <<-'EOF'
	Settings, from the environment:
	  EIC_LAB_DIR          everything of the lab          /var/lib/openeic-lab
	  EIC_LAB_ADDRESS      where the API listens          127.0.0.1
	  EIC_LAB_PORT                                        443
	  EIC_LAB_REGION                                      us-east-1
	  EIC_LAB_PUBLIC_CIDR  public addresses of instances  198.19.0.0/24
	  EIC_LAB_LINK_CIDR    links to VPCs, a /30 each      100.127.0.0/16
	  EIC_LAB_BUILD        the build to run               build
	  EIC_LAB_HELPER       "stock": signed by RSA         openeic
	  EIC_LAB_DEMO         "no": no instance, no login    yes
	Several labs run side by side if each has its own directory, port and range.
	EOF
}

# settings_load: loads the settings of the lab in EIC_LAB_DIR if there is one, else those from the
# environment.
settings_load()
{
	dir=$(realpath -m "${EIC_LAB_DIR:-/var/lib/openeic-lab}")
	case $dir in
	*[!A-Za-z0-9./_-]*) die "EIC_LAB_DIR $dir: letters, digits and ./_- only" ;;
	/*/*) ;;
	*) die "EIC_LAB_DIR $dir: too near the root of the file system" ;;
	esac
	address=${EIC_LAB_ADDRESS:-127.0.0.1}
	port=${EIC_LAB_PORT:-443}
	region=${EIC_LAB_REGION:-us-east-1}
	public_cidr=${EIC_LAB_PUBLIC_CIDR:-198.19.0.0/24}
	link_cidr=${EIC_LAB_LINK_CIDR:-100.127.0.0/16}
	helper=${EIC_LAB_HELPER:-openeic}
	build=$(realpath -m "${EIC_LAB_BUILD:-$root/build}")
	netns_mounted=yes
	started=
	state=$dir/state
	if [ -r "$dir/lab.conf" ]; then
		# shellcheck disable=SC1091 # written by settings_save
		. "$dir/lab.conf"
	fi
	url=https://$address:$port
	[ "$port" != 443 ] || url=https://$address
}

settings_check()
{
	case $root$build in
	*[\':]*) die "$root, $build: a path with a quote or a colon cannot be had here" ;;
	esac
	case $port in
	'' | *[!0-9]* | 0* | ??????*) die "EIC_LAB_PORT $port: a number from 1 to 65535" ;;
	esac
	[ "$port" -le 65535 ] || die "EIC_LAB_PORT $port: a number from 1 to 65535"
	echo "$region" | grep -Eqx '([a-z]+-){2,3}[0-9]' ||
		die "EIC_LAB_REGION $region: a name like us-east-1"
	echo "$address" | grep -Eqx '[0-9]+(\.[0-9]+){3}' ||
		die "EIC_LAB_ADDRESS $address: an IPv4 address"
	case $helper in
	openeic | stock) ;;
	*) die "EIC_LAB_HELPER $helper: openeic or stock" ;;
	esac
	for cidr in "$public_cidr" "$link_cidr"; do
		cidr_valid "$cidr" ||
			die "$cidr: a range of IPv4 addresses, at least a /28, named by its first one"
	done
}

cidr_valid()
{
	echo "$1" | grep -Eqx '[0-9]{1,3}(\.[0-9]{1,3}){3}/(8|9|1[0-9]|2[0-8])' &&
		echo "$1" | awk -F '[./]' '{
			first = (($1 * 256 + $2) * 256 + $3) * 256 + $4
			exit !($1 < 256 && $2 < 256 && $3 < 256 && $4 < 256 &&
				first % 2 ^ (32 - $5) == 0)
		}'
}

settings_save()
{
	cat >"$dir/lab.conf" <<-EOF
	address=$address
	port=$port
	region=$region
	public_cidr=$public_cidr
	link_cidr=$link_cidr
	helper=$helper
	build='$build'
	netns_mounted=$netns_mounted
	EOF
}

# netns_release: removes /run/netns if it is empty and did not exist before the lab. The first
# `ip netns add` on a machine makes it.
netns_release()
{
	[ "$netns_mounted" = no ] || return 0
	[ -z "$(ls -A /run/netns 2>/dev/null)" ] || return 0
	umount /run/netns 2>/dev/null || :
	rmdir /run/netns 2>/dev/null || :
}

# lab_pids [PROGRAM]: prints the pids of the lab's processes, or of those of one program.
lab_pids()
{
	grep -lsFxz -e "$dir/eicd.conf" -e "$dir/agent.conf" /proc/[0-9]*/cmdline |
		while IFS=/ read -r _ _ pid _; do
			exe=$(readlink "/proc/$pid/exe" 2>/dev/null) || continue
			exe=${exe##*/}
			case ${exe% (deleted)} in
			"${1-}") echo "$pid" ;;
			eicd* | eic-agent*) [ -n "${1-}" ] || echo "$pid" ;;
			esac
		done
}

# wait_for SECONDS COMMAND...: waits until COMMAND succeeds. Fails when the time is over, or when
# the process that was started last has ended.
wait_for()
{
	ticks=$(($1 * 20))
	shift
	until "$@"; do
		ticks=$((ticks - 1))
		[ $ticks -gt 0 ] || return 1
		[ -z "$started" ] || kill -0 "$started" 2>/dev/null || return 1
		sleep 0.05
	done
}

gone()
{
	[ -z "$(lab_pids "$@")" ]
}

# processes_end PROGRAM: ends its processes with SIGTERM and, after 10 seconds, with SIGKILL.
processes_end()
{
	pids=$(lab_pids "$1")
	[ -n "$pids" ] || return 0
	# shellcheck disable=SC2086 # a list
	kill -TERM $pids 2>/dev/null || :
	wait_for 10 gone "$1" || {
		# shellcheck disable=SC2046 # a list
		kill -KILL $(lab_pids "$1") 2>/dev/null || :
		wait_for 5 gone "$1" || die "$1 does not end"
	}
}

# start PROGRAM LOG ARGUMENTS...: starts PROGRAM in the background, with only PATH in its
# environment.
start()
{
	program=$1 log=$2
	shift 2
	env -i PATH="$PATH" setsid "$program" "$@" </dev/null >>"$log" 2>&1 &
	started=$!
}

api_answers()
{
	case $(curl -s -m 5 --noproxy '*' --cacert "$state/ca.pem" -o /dev/null -w '%{http_code}' \
		"$url/" || :) in
	000 | 503) return 1 ;;
	esac
}

eicd_start()
{
	start "$build/src/daemon/eicd" "$dir/eicd.log" -c "$dir/eicd.conf"
	wait_for 20 api_answers || died eicd "does not answer at $url"
}

# vpc_netns: prints the namespace of the lab's VPC. Fails when it is not ready.
vpc_netns()
{
	ready=$(find "$state/vpcs" -mindepth 2 -maxdepth 2 -name ready 2>/dev/null | head -n 1)
	[ -n "$ready" ] && sed -n 's/^netns=//p' "${ready%ready}conf"
}

agent_connected()
{
	tail -c +$((logged + 1)) "$dir/agent.log" | grep -q ' ev=synced'
}

agent_start()
{
	touch "$dir/agent.log"
	logged=$(wc -c <"$dir/agent.log")	# what earlier agents have written
	start "$build/src/agent/eic-agent" "$dir/agent.log" -c "$dir/agent.conf"
	wait_for 20 agent_connected || died agent "is not connected to $url"
}

# died NAME WHAT: fails, and prints the last lines of the log.
died()
{
	tail -n 5 "$dir/$1.log" >&2
	die "$1 $2; its log is $dir/$1.log"
}

# aws_cli: runs the real CLI without the settings of the person who runs this.
aws_cli()
{
	env -i PATH="$PATH" HOME=/nonexistent AWS_CONFIG_FILE=/dev/null \
		AWS_SHARED_CREDENTIALS_FILE="$dir/credentials" AWS_EC2_METADATA_DISABLED=true \
		AWS_ENDPOINT_URL="$url" AWS_CA_BUNDLE="$dir/ca-bundle.pem" AWS_REGION="$region" \
		AWS_PAGER= /usr/bin/aws "$@"
}

credential()
{
	sed -n "s/^$1 *= *//p" "$dir/credentials"
}
