# shellcheck shell=sh disable=SC2154 # names and options are set by common.sh
# guest.sh - an instance's disk and its processes. The verbs source it.
#
# The disk is an overlay: the lower layer is this machine's root, read only, and the upper layer
# is a copy of the lab's image (image-build), which hides everything that belongs to this machine.
# It is mounted in a mount namespace that ends with the instance, so a crash leaves no mount
# behind. bubblewrap gives the instance its own PID, UTS, IPC and network namespaces and few
# capabilities, and no way to gain others.

# disk_create: makes the disk under another name and renames it, so that it is complete or absent.
disk_create()
{
	[ -d "$state/image" ] || die "there is no image; run image-build"
	rm -rf "$dir/disk.new"
	mkdir -p "$dir/disk.new/work" "$dir/disk.new/root"
	cp -a "$state/image" "$dir/disk.new/upper"
	upper=$dir/disk.new/upper
	for kind in ed25519 ecdsa; do
		ssh-keygen -q -t $kind -N '' -C "root@$opt_hostname" \
			-f "$upper/etc/ssh/ssh_host_${kind}_key"
	done
	echo "$opt_hostname" >"$upper/etc/hostname"
	printf '127.0.0.1 localhost\n%s %s %s\n' \
		"$opt_private_ip" "$opt_hostname" "${opt_hostname%%.*}" >"$upper/etc/hosts"
	mv "$dir/disk.new" "$dir/disk"
}

# guest_pids: prints the processes in the instance's network namespace. Unlike a pid file, that
# cannot be stale or name a process that has the pid by chance.
guest_pids()
{
	ip netns pids "$ns" 2>/dev/null || :
}

guest_kill()
{
	tries=0
	while pids=$(guest_pids) && [ -n "$pids" ]; do
		# shellcheck disable=SC2086 # a list
		kill -KILL $pids 2>/dev/null || :
		tries=$((tries + 1))
		[ $tries -lt 500 ] || die "$opt_instance: processes do not end: $pids"
		sleep 0.01
	done
}

guest_listens()
{
	in_ns "$ns" grep -q ' 0*:0016 0*:0000 0A ' /proc/net/tcp
}

# guest_wait: waits until sshd listens, and fails if no process is left.
guest_wait()
{
	tries=0
	until guest_listens; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || die "$opt_instance: sshd does not listen; see $dir/console.log"
		if [ $tries -gt 20 ] && [ -z "$(guest_pids)" ]; then
			die "$opt_instance: did not start: $(tail -n 1 "$dir/console.log")"
		fi
		sleep 0.01
	done
}

# guest_box: prints the arguments of bubblewrap, which gets them from a file, so that they do not
# fill the output of `ps` in the instance. /sys has only the asset tag, by which the stock scripts
# recognise an instance.
guest_box()
{
	tag=/sys/devices/virtual/dmi/id
	printf '%s\0' --unshare-pid --unshare-uts --unshare-ipc --unshare-cgroup-try \
		--hostname "$opt_hostname" --clearenv \
		--setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		--cap-drop ALL
	for cap in CHOWN DAC_OVERRIDE FOWNER KILL SETUID SETGID SYS_CHROOT \
		NET_BIND_SERVICE AUDIT_WRITE; do
		printf '%s\0' --cap-add CAP_$cap
	done
	printf '%s\0' --bind "$dir/disk/root" / --chdir / --proc /proc --dev /dev \
		--perms 1777 --tmpfs /dev/shm --perms 1777 --tmpfs /tmp \
		--perms 0755 --tmpfs /run --perms 0755 --dir /run/sshd \
		--perms 0755 --tmpfs /sys
	for path in /sys/devices /sys/devices/virtual /sys/devices/virtual/dmi $tag; do
		printf '%s\0' --perms 0755 --dir "$path"
	done
	printf '%s\0' --ro-bind "$dir/board_asset_tag" $tag/board_asset_tag \
		--remount-ro /sys --bind "$dir/syslog" /var/log/syslog
}

# guest_boot: mounts the disk in a mount namespace of its own and starts the instance.
guest_boot()
{
	touch "$dir/syslog" "$dir/console.log"
	echo "$opt_instance" >"$dir/board_asset_tag"
	guest_box >"$dir/box"
	# shellcheck disable=SC2016 # expanded by the inner shell
	setsid nsenter --net="/run/netns/$ns" unshare --mount --propagation private sh -c '
		disk=$1
		shift
		mount -t overlay -o "index=off,metacopy=off,redirect_dir=off" \
			-o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" \
			overlay "$disk/root" && exec "$@"
	' sh "$dir/disk" bwrap --args 3 /usr/lib/openeic/guest-init \
		</dev/null >>"$dir/console.log" 2>&1 3<"$dir/box" 8>&- &
	guest_wait
}

# conf_save and conf_load: save and load the options with which an instance was started, for the
# verbs that are given its id only.
conf_save()
{
	cat >"$dir/conf.new" <<-EOF
	opt_vpc=$opt_vpc
	opt_private_ip=$opt_private_ip
	opt_public_ip=$opt_public_ip
	opt_mac=$opt_mac
	EOF
	mv "$dir/conf.new" "$dir/conf"
}

conf_load()
{
	[ -e "$dir/conf" ] || return 1
	# shellcheck disable=SC1091 # written by conf_save
	. "$dir/conf"
	vpc_names "$opt_vpc"
}

# guest_halt: ends the instance and removes it from its network.
guest_halt()
{
	guest_kill
	# In a subshell: conf_load must not overwrite the options of this run.
	if ! (conf_load && instance_detach); then
		ns_delete "$ns"
	fi
}

# guest_up: starts the instance unless it runs, for instance-run and instance-start.
guest_up()
{
	if [ -n "$(guest_pids)" ] && guest_listens; then
		return 0
	fi
	guest_halt
	vpc_ready || die "$opt_vpc: there is no such VPC"
	[ -d "$dir/disk" ] || disk_create
	conf_save
	instance_attach
	guest_boot
}
