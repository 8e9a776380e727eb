#!/bin/sh
# The least that a person would do to have the update in the same images on the same architectures: dnf into a new
# base, the layers upon it, indexes, and a copy to where users pull from. It tests nothing, keeps no log and no record
# of why, checks no digest, and builds everything whether or not it holds the package. bench/rebuild/ times it.
#
# REGISTRY    host:port, plain HTTP
# REPOSITORY  directory with one RPM repository for each architecture
# KEY         public key of its packages
# STATE       directory for buildah's storage, made here
# SLOTS       architectures at once
set -eu

export HOME="$STATE/home" BUILDAH_ISOLATION=chroot STORAGE_DRIVER=overlay
mkdir -p "$HOME"
echo '%_dbpath /var/lib/rpm' >"$HOME/.rpmmacros"
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$STATE/policy.json"

cat >"$STATE/arch.sh" <<'END'
set -eu
arch=$1
case $arch in
  x86_64) oci=amd64 ;;
  aarch64) oci=arm64 ;;
  *) oci=$arch ;;
esac
b() { buildah --root "$STATE/storage" --runroot "$STATE/run" "$@"; }
image() { # name, parent, packages
  c=$(b from --quiet --pull-never --os linux --arch "$oci" --signature-policy "$STATE/policy.json" "$2")
  m=$(b mount "$c")
  dnf -q -y --installroot="$m" --forcearch="$arch" --releasever=40 --noplugins \
    --setopt=reposdir=/nonexistent --setopt=varsdir=/nonexistent --setopt=tsflags=nodocs \
    --setopt=install_weak_deps=0 --setopt=gpgcheck=1 --repofrompath="examples,file://$REPOSITORY/$arch" \
    --repo=examples --setopt="examples.gpgkey=file://$KEY" install $3
  rm -rf "$m/var/cache/dnf"
  b umount "$c" >/dev/null
  b commit --quiet --rm --signature-policy "$STATE/policy.json" "$c" "$1-$arch" >/dev/null
  b push --quiet --tls-verify=false --signature-policy "$STATE/policy.json" --digestfile "$STATE/$1-$arch.digest" \
    "$1-$arch" "docker://$REGISTRY/candidates/$1:by-hand-$arch"
}
image base scratch 'busybox openssl-libs'
image runtime "localhost/base-$arch" tinyscript
image webd "localhost/runtime-$arch" webd
image mailer "localhost/runtime-$arch" mailer
END

export STATE REGISTRY REPOSITORY KEY
printf '%s\n' x86_64 aarch64 ppc64le s390x | xargs -P "$SLOTS" -n 1 sh "$STATE/arch.sh"

for name in base runtime webd mailer; do
  buildah --root "$STATE/storage" --runroot "$STATE/run" manifest create "$name" >/dev/null
  for arch in x86_64 aarch64 ppc64le s390x; do
    buildah --root "$STATE/storage" --runroot "$STATE/run" manifest add --tls-verify=false "$name" \
      "docker://$REGISTRY/candidates/$name@$(cat "$STATE/$name-$arch.digest")" >/dev/null
  done
  buildah --root "$STATE/storage" --runroot "$STATE/run" manifest push --all --quiet --tls-verify=false \
    --signature-policy "$STATE/policy.json" "$name" "docker://$REGISTRY/candidates/$name:by-hand" >/dev/null
  skopeo copy --quiet --all --src-tls-verify=false --dest-tls-verify=false --policy "$STATE/policy.json" \
    "docker://$REGISTRY/candidates/$name:by-hand" "docker://$REGISTRY/released/$name:by-hand"
done
