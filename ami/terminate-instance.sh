#!/bin/sh
# Run as root after the worker's process ended (ExecStopPost in end-with-worker.conf). Terminates
# this instance if the worker left by itself: everything was done, or an operator drained it.
set -u

if [ "${SERVICE_RESULT:-}" != success ]; then
  # Last words for `aws ec2 get-console-output`: the journal goes with the machine.
  journalctl --unit=fleet-worker --lines=20 --output=cat >/dev/console
  exit 0
fi

# systemd has a job for the unit when somebody asked it to stop or restart: systemctl, a shutdown.
job=$(systemctl show --property=Job --value fleet-worker.service)
if [ "${job:-0}" != 0 ]; then exit 0; fi

metadata=http://169.254.169.254/latest
token=$(curl -fsS -m 2 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $metadata/api/token)
read_metadata() { curl -fsS -m 2 --retry 3 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/$1"; }
instance=$(read_metadata instance-id)
AWS_DEFAULT_REGION=$(read_metadata placement/region)
export AWS_DEFAULT_REGION
echo "the worker is done: terminating $instance"

# The group must not replace it, unless it is at its minimum. Failing all, the group finds it sick.
group() { timeout 60 aws autoscaling "$@"; }
group terminate-instance-in-auto-scaling-group --instance-id "$instance" --should-decrement-desired-capacity ||
  group terminate-instance-in-auto-scaling-group --instance-id "$instance" --no-should-decrement-desired-capacity ||
  group set-instance-health --instance-id "$instance" --health-status Unhealthy --no-should-respect-grace-period ||
  systemctl poweroff --no-block
