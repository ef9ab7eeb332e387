# shellcheck shell=sh disable=SC2154 # names and options are set by common.sh
# network.sh - VPCs and the network of instances. The verbs source it.
#
# A VPC is a namespace that routes. It has no bridge: every instance has a veth pair of its own into
# it, and there is a route to its one address. So all traffic between two instances passes the
# router's rules, and an instance cannot send with the address of another: the chain `origin` drops
# that. The metadata service listens inside this namespace and recognises an instance by its
# address.
#
# This machine has a route for each public address of an instance; the rest of the public range is
# unreachable, so nothing goes to the default route. Private addresses are not routed on this
# machine, and the router refuses traffic from outside that is not for a public address. The lab has
# no IPv6, so it is switched off in the namespaces of VPCs and instances.

ip_to_int()
{
	IFS=.
	# shellcheck disable=SC2086 # split at the dots; always in a subshell
	set -- $1
	[ $# -eq 4 ] || die "not an address: $*"
	echo $((($1 << 24) | ($2 << 16) | ($3 << 8) | $4))
}

int_to_ip()
{
	echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"
}

# vpc_link ID: chooses the two addresses of the link by the VPC's id, or the next pair that is free.
vpc_link()
{
	base=$(ip_to_int "${link_cidr%/*}")
	pairs=$((1 << (30 - ${link_cidr#*/})))
	n=$((0x$(tail_of "$1" 4) % pairs))
	tries=0
	while net=$((base + 4 * n)) && [ -n "$(ip -4 address show to "$(int_to_ip $net)/30")" ]; do
		n=$(((n + 1) % pairs))
		tries=$((tries + 1))
		[ $tries -lt 64 ] || die "no free addresses in $link_cidr"
	done
	link_host=$(int_to_ip $((net + 1)))
	link_vpc=$(int_to_ip $((net + 2)))
}

ipv6_off()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_ns "$1" sh -c 'for f in all default; do
		f=/proc/sys/net/ipv6/conf/$f/disable_ipv6
		[ ! -e $f ] || echo 1 >$f
	done'
}

vpc_rules()
{
	in_ns "$vpc_ns" nft -f - <<-EOF
	table ip eic {
		map private_of { type ipv4_addr : ipv4_addr; }
		map public_of { type ipv4_addr : ipv4_addr; }
		map ingress_of { type ipv4_addr : verdict; }
		set guests { type ifname . ether_addr . ipv4_addr; }

		chain origin {
			type filter hook prerouting priority raw; policy drop;
			iifname { "lo", "outside" } accept
			iifname . ether saddr . ip saddr @guests accept
		}
		chain to_private {
			type nat hook prerouting priority dstnat; policy accept;
			dnat to ip daddr map @private_of
		}
		chain to_public {
			type nat hook postrouting priority srcnat; policy accept;
			oifname "outside" snat to ip saddr map @public_of
			ct status dnat snat to ip saddr map @public_of
		}
		chain input {
			type filter hook input priority filter; policy drop;
			iifname "lo" accept
			iifname != "outside" ip daddr 169.254.169.254 tcp dport 80 accept
			ct state established accept
		}
		chain forward {
			type filter hook forward priority filter; policy drop;
			ct state vmap { established : accept, related : accept, invalid : drop }
			iifname "outside" ct status & dnat == 0 drop
			oifname "outside" reject with icmp type net-unreachable
			ip daddr vmap @ingress_of
		}
	}
	EOF
}

vpc_ready()
{
	[ -e "$vpc_dir/ready" ] && ns_exists "$vpc_ns" && [ -e "/sys/class/net/$host_if" ]
}

vpc_build()
{
	mkdir -p "$vpc_dir"
	vpc_link "$opt_vpc"
	printf 'netns=/run/netns/%s\nlink_host=%s\nlink_vpc=%s\n' \
		"$vpc_ns" "$link_host" "$link_vpc" >"$vpc_dir/conf"
	ip netns add "$vpc_ns"
	ipv6_off "$vpc_ns"
	ip link add "$host_if" type veth peer name outside netns "$vpc_ns"
	ip -batch - <<-EOF
	address add $link_host/30 dev $host_if
	link set $host_if up
	EOF
	ip -n "$vpc_ns" -batch - <<-EOF
	link set lo up
	address add 169.254.169.254/32 dev lo
	address add $link_vpc/30 dev outside
	link set outside up
	route add default via $link_host
	EOF
	vpc_rules
	in_ns "$vpc_ns" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	ip route replace unreachable "$public_cidr" metric "$route_metric"
	: >"$vpc_dir/ready"
}

vpc_destroy()
{
	rm -f "$vpc_dir/ready"
	ip link delete "$host_if" 2>/dev/null || :
	ns_delete "$vpc_ns"
	rm -rf "$vpc_dir"
	if rmdir "$state/vpcs" 2>/dev/null; then
		ip route delete unreachable "$public_cidr" metric "$route_metric" 2>/dev/null || :
	fi
}

# ingress_rules: prints the rules of the instance's chain, made of --ingress.
ingress_rules()
{
	echo "add chain ip eic $chain"
	echo "flush chain ip eic $chain"
	rest=$opt_ingress
	while [ -n "$rest" ]; do
		ingress_rule "${rest%%,*}"
		case $rest in
		*,*) rest=${rest#*,} ;;
		*) rest= ;;
		esac
	done
}

# ingress_rule PROTOCOL:FROM:TO:CIDR: prints one rule.
ingress_rule()
{
	protocol=${1%%:*} from=${1#*:}
	to=${from#*:} from=${from%%:*}
	cidr=${to#*:} to=${to%%:*}
	case $cidr in
	*:*) return 0 ;; # there is no IPv6 in the lab
	*.*.*.*/*) ;;
	*) die "--ingress $1: malformed" ;;
	esac
	case $protocol in
	-1) match= ;;
	tcp | udp)
		case $from$to in
		*[!0-9]* | '') die "--ingress $1: malformed" ;;
		esac
		match="$protocol dport $from-$to"
		;;
	icmp) match="ip protocol icmp" ;; # of any type
	icmpv6) return 0 ;;
	*) die "--ingress $1: malformed" ;;
	esac
	echo "add rule ip eic $chain ip saddr $cidr $match accept"
}

instance_attach()
{
	# shellcheck disable=SC1091 # written by vpc_build
	. "$vpc_dir/conf"
	gateway=$(int_to_ip $(($(ip_to_int "${opt_cidr%/*}") + 1)))
	ip netns add "$ns"
	ipv6_off "$ns"
	ip link add "$port" netns "$vpc_ns" type veth peer name eth0 address "$opt_mac" netns "$ns"
	ip -n "$ns" -batch - <<-EOF
	link set lo up
	address add $opt_private_ip/${opt_cidr#*/} dev eth0 noprefixroute
	link set eth0 up
	route add default via $gateway dev eth0 onlink
	EOF
	ip -n "$vpc_ns" -batch - <<-EOF
	link set $port up
	route replace $opt_private_ip/32 dev $port
	neighbour replace $opt_private_ip lladdr $opt_mac dev $port nud permanent
	EOF
	{
		ingress_rules
		echo "add element ip eic guests { \"$port\" . $opt_mac . $opt_private_ip }"
		echo "add element ip eic ingress_of { $opt_private_ip : jump $chain }"
		if [ "$opt_public_ip" != none ]; then
			echo "add element ip eic private_of { $opt_public_ip : $opt_private_ip }"
			echo "add element ip eic public_of { $opt_private_ip : $opt_public_ip }"
		fi
	} >"$dir/rules"
	in_ns "$vpc_ns" nft -f "$dir/rules"
	if [ "$opt_public_ip" != none ]; then
		ip route replace "$opt_public_ip/32" via "$link_vpc" dev "$host_if" src "$link_host"
	fi
}

rule_delete()
{
	in_ns "$vpc_ns" nft delete "$@" 2>/dev/null || :
}

# instance_detach: removes whatever instance_attach has made. The rules are removed one by one, as
# some may be missing.
instance_detach()
{
	if ns_exists "$vpc_ns"; then
		ip -n "$vpc_ns" link delete "$port" 2>/dev/null || :
		rule_delete element ip eic guests "{ \"$port\" . $opt_mac . $opt_private_ip }"
		rule_delete element ip eic ingress_of "{ $opt_private_ip : jump $chain }"
		if [ "$opt_public_ip" != none ]; then
			rule_delete element ip eic private_of "{ $opt_public_ip : $opt_private_ip }"
			rule_delete element ip eic public_of "{ $opt_private_ip : $opt_public_ip }"
			ip route delete "$opt_public_ip/32" dev "$host_if" 2>/dev/null || :
		fi
		in_ns "$vpc_ns" nft flush chain ip eic "$chain" 2>/dev/null || :
		rule_delete chain ip eic "$chain"
	fi
	ns_delete "$ns"
}
