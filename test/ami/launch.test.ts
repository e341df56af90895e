import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readAmi } from './files.ts';

const oneOrMore = z.union([z.string().transform((each) => [each]), z.array(z.string())]);
const statement = z.strictObject({
  Sid: z.string(),
  Effect: z.literal('Allow'),
  Action: oneOrMore,
  Resource: oneOrMore,
});
const template = z.object({
  Parameters: z.object({ Settings: z.object({ Default: z.string() }) }),
  Resources: z.object({
    Role: z.object({
      Properties: z.object({
        Policies: z.tuple([
          z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) }),
        ]),
      }),
    }),
    LaunchTemplate: z.object({
      Properties: z.object({
        LaunchTemplateData: z.looseObject({
          UserData: z.object({ 'Fn::Base64': z.tuple([z.string(), z.unknown()]) }),
        }),
      }),
    }),
  }),
});

// Short forms such as !Sub are read as what they are applied to.
const { Parameters, Resources } = template.parse(
  parse(readAmi('launch.yaml'), { logLevel: 'error' }),
);
const statements = Resources.Role.Properties.Policies[0].PolicyDocument.Statement;
const machine = Resources.LaunchTemplate.Properties.LaunchTemplateData;

describe('the policy of a worker', () => {
  it('allows what the program does, and nothing else', () => {
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'autoscaling:SetInstanceHealth',
      'autoscaling:TerminateInstanceInAutoScalingGroup',
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:GetObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
      'ssm:GetParameter',
    ]);
  });

  it('names a bucket, a parameter or a group in every resource', () => {
    for (const resource of statements.flatMap(({ Resource }) => Resource)) {
      expect(resource).toMatch(
        /\$\{(ScansBucket|ArtefactsBucket|DatabaseUrlParameter|AWS::StackName)\}(\/\*)?$/,
      );
    }
  });

  it('lets no scan be changed', () => {
    const onScans = statements.filter(({ Resource }) =>
      Resource.some((each) => each.includes('ScansBucket')),
    );
    expect(onScans.flatMap(({ Action }) => Action).sort()).toEqual([
      's3:GetObject',
      's3:ListBucket',
    ]);
  });
});

describe('a launched machine', () => {
  it('gives its metadata for a token only, has no public address, and is gone when powered off', () => {
    expect(machine).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [{ AssociatePublicIpAddress: false }],
      InstanceInitiatedShutdownBehavior: 'terminate',
    });
  });

  it('gets its settings, but no secret, by user data', () => {
    const text = machine.UserData['Fn::Base64'][0].replace('${Lines}', Parameters.Settings.Default);
    expect(text).toMatch(/^#cloud-config\n/);
    const { write_files: files, runcmd } = parse(text);
    expect(files).toEqual([
      {
        path: '/etc/fleet/worker.env',
        content: 'AWS_REGION=${AWS::Region}\nFLEET_UNTIL_EMPTY=true\n',
      },
    ]);
    expect(runcmd).toHaveLength(3);
    expect(text).not.toMatch(/postgres/);
  });
});
