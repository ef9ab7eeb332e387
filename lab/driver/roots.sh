# shellcheck shell=sh disable=SC2154 # root_ca is from driver.conf
# roots.sh - installs the root certificates in a directory that is or becomes an instance's root,
# as an administrator does on a host. It is sourced, never run.

# roots_install DIR: our helper pins a file that may hold several, while the root is changed. The
# stock scripts look for a file for each, under its name, and openssl under its hash.
roots_install()
{
	cp "$root_ca" "$1/etc/openeic/root.new"
	chmod 644 "$1/etc/openeic/root.new"
	mv "$1/etc/openeic/root.new" "$1/etc/openeic/root.pem"
	rm -f "$1"/etc/ssl/certs/openeic-root-*.new
	awk -v dir="$1/etc/ssl/certs" '/^-----BEGIN/ { n++ }
		n { print >(dir "/openeic-root-" n ".new") }' "$root_ca"
	for one in "$1"/etc/ssl/certs/openeic-root-*.new; do
		name=$(openssl x509 -in "$one" -noout -subject -nameopt multiline |
			sed -n 's/^ *commonName *= *//p' | tr -s ' ' _)
		hash=$(openssl x509 -in "$one" -noout -hash)
		chmod 644 "$one"
		mv "$one" "$1/etc/ssl/certs/$name.pem"
		ln -sf "$name.pem" "$1/etc/ssl/certs/$hash.0"
	done
}
