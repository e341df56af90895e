# Bakes the worker's image; README.md says how. One layer: Debian's packages are few, and a new
# version of the program is a good moment to take their updates too.

variable "region" {
  type        = string
  description = "Where the image is baked and registered."
}

variable "instance_type" {
  type    = string
  default = "c7i.large"
}

variable "subnet" {
  type        = string
  default     = null
  description = "A subnet whose machines reach the package registries; by default one of the default VPC."
}

source "amazon-ebs" "worker" {
  region        = var.region
  instance_type = var.instance_type
  subnet_id     = var.subnet

  source_ami_filter {
    owners      = ["136693071363"] # Debian
    most_recent = true
    filters = {
      name                = "debian-13-amd64-*"
      virtualization-type = "hvm"
      root-device-type    = "ebs"
    }
  }

  # The instance that bakes and those that are made of the image: no metadata without a token.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  imds_support = "v2.0"

  ssh_username              = "admin"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true

  ami_name        = "fleet-worker-${formatdate("YYYYMMDD-hhmmss", timestamp())}"
  ami_description = "fleet worker"
  tags = {
    Name    = "fleet-worker"
    Version = jsondecode(file("${path.root}/../package.json")).version
  }
}

build {
  sources = ["source.amazon-ebs.worker"]

  provisioner "file" {
    source      = "${path.root}/../dist/fleet.tar.gz"
    destination = "/tmp/fleet.tar.gz"
  }

  provisioner "shell" {
    script          = "${path.root}/provision.sh"
    execute_command = "sudo {{ .Path }}"
  }

  post-processor "manifest" {
    output = "${path.root}/../dist/image.json"
  }
}
