#!/usr/bin/env bash
# Plays the main job on the example policy, with throwaway keys, a bare remote and three clones.
# Every command is printed before it runs, so that it can be typed again.
set -euo pipefail

daypass_binary=$(realpath "${1:?usage: demo.sh PATH-TO-DAYPASS}")
project=$(cd "$(dirname "$0")/../.." && pwd)
stage=$(mktemp -d "${TMPDIR:-/tmp}/daypass-demo-XXXXXX")
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/bin" "$stage/home" "$stage/keys"
ln -s "$daypass_binary" "$stage/bin/daypass"
export PATH="$stage/bin:$PATH" HOME="$stage/home" GIT_CONFIG_NOSYSTEM=1
unset GIT_CONFIG_GLOBAL GIT_DIR GIT_WORK_TREE XDG_CONFIG_HOME SSH_AUTH_SOCK || true
cd "$stage"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold= dim= plain=; fi
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
run() { printf '%s$ %s%s\n' "$dim" "$*" "$plain"; eval "$*"; }
# Runs a command that must be refused with this exit code.
refused() {
  local wanted=$1 status=0; shift
  printf '%s$ %s%s\n' "$dim" "$*" "$plain"
  eval "$*" || status=$?
  [ "$status" = "$wanted" ] || { echo "expected exit code $wanted, got $status" >&2; exit 1; }
  echo "(exit code $status, as it should be)"
}

say "Throwaway keys for five: alice asks, bob and dave review, carol is admin, ci reconciles"
for person in alice bob dave carol ci; do
  ssh-keygen -q -t ed25519 -N '' -C "$person@example.com" -f "keys/$person"
done
ls keys

say "A repository that starts from the example policy; its first commit is what everyone trusts"
git init -q --bare -b main remote.git
git init -q -b main first
cp -R "$project/policies" "$project/grants" first/
for person in alice bob dave carol ci; do
  printf '%s@example.com namespaces="git,daypass" %s\n' "$person" "$(cut -d' ' -f1,2 "keys/$person.pub")"
done >> first/policies/allowed_signers
git -C first add -A
git -C first -c user.name=Carol -c user.email=carol@example.com commit -q -m "Begin: the example policy"
git -C first push -q "$stage/remote.git" main
root=$(git -C first rev-parse HEAD)
echo "root: $root"

for person in alice bob ci; do
  git clone -q remote.git "$person"
  git -C "$person" config user.name "$person"
  git -C "$person" config user.email "$person@example.com"
  git -C "$person" config gpg.format ssh
  git -C "$person" config user.signingKey "$stage/keys/$person"
  daypass -C "$person" trust "$root" --yes >/dev/null
done

say "alice asks for a role"
run daypass request -C alice prod-admin --for 1h --why "'rotate the certificate'" --yes
id=$(daypass list -C alice --mine -o json | jq -r '.[0].id // .grants[0].id')
piece=${id##*-}

say "She cannot approve it herself"
refused 4 daypass approve -C alice "$piece" --yes

say "bob sees it, and approves for half an hour"
run daypass sync -C bob
run daypass list -C bob --reviewable
run daypass approve -C bob "$piece" --for 30m --comment "'go ahead'" --yes

say "The role is effective"
run daypass sync -C ci
run daypass reconcile -C ci --output out --assume-clock
run cat out/effective.json

say "A second grant, for three seconds: it will run out by itself"
run daypass request -C alice db-read --for 3s --why "'look at one row'" --yes || true
second=$(daypass list -C alice --mine -o json | jq -r '[(.grants? // .)[] | select(.role=="db-read")][0].id')
run daypass approve -C bob "${second##*-}" --yes

say "Somebody with push access drops an unsigned file into grants/active"
git clone -q remote.git mallory
forged="grants/active/$(date -u +%Y/%m/%d/%H)"
mkdir -p "mallory/$forged"
forged_id="$(date -u +%Y%m%dT%H%M%SZ)-00000000"
printf '{"role": "prod-admin", "subject": "mallory"}\n' > "mallory/$forged/$forged_id.json"
git -C mallory add -A
git -C mallory -c user.name=Mallory -c user.email=m@example.com commit -q -m "nothing to see here"
git -C mallory push -q
run daypass sync -C ci || true
refused 3 daypass verify -C ci
echo "It confers nothing, and everybody else's access goes on:"
run daypass emit -C ci --format csv --output - || true

say "bob revokes the first grant; the second has run out by now"
run daypass revoke -C bob "$piece" --why "'the certificate is rotated'" --yes
sleep 3

say "alice asks for the second role again, for an hour this time, and bob approves"
run daypass request -C alice db-read --for 1h --why "'look at the other rows'" --yes
third=$(daypass list -C alice --mine -o json | jq -r '[(.grants? // .)[] | select(.role=="db-read" and .state=="pending")][0].id')
run daypass approve -C bob "${third##*-}" --yes

say "The reconciler sweeps, restores what is disputed, pins, and writes who holds what now"
run daypass reconcile -C ci --output out --assume-clock
run daypass verify -C ci

say "A consumer checks the signature of the set before using it"
grep '^ci@' first/policies/allowed_signers > ci.signers
run "ssh-keygen -Y verify -f ci.signers -I ci@example.com -n daypass -s out/effective.json.sig < out/effective.json"
run cat out/effective.json
run daypass log -C ci
