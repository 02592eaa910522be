import type { FileDetails, FileFault, Sentences } from "../FailureDetails.ts"

const holders = { "id-token": "the id token's file ", "pod-token": "the pod's token file " }

const named = ({ file, holds }: FileDetails["file-not-text"]): string =>
  holds === undefined ? file : holders[holds] + file

const faultText = ({ expected, fault, path }: FileFault): string => {
  const place = path.length === 0 ? "" : ` at ${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`
  switch (fault) {
    case "missing":
      return `Missing key${place}`
    case "unexpected":
      return `Unexpected key${place}`
    case "wrong":
      return `Expected ${expected}${place}`
  }
}

/** The sentences of files. */
export const files: Sentences<FileDetails> = {
  "no-home-folder": () => "no home folder",
  "no-file": ({ file }) => `no ${file}`,
  "no-default-profile": ({ file }) => `no ${file}, or no profile in it that is the default`,
  "file-of-koocli": ({ file }) => `${file} is encrypted for KooCLI alone and is not read`,
  "file-unreadable": ({ reason, ...of }) => `${named(of)} cannot be read (${reason})`,
  "file-not-text": (of) => `${named(of)} is neither UTF-8 nor UTF-16 text`,
  "file-empty": (of) => `${named(of)} is empty`,
  "not-yaml": ({ file }) => `${file} is not YAML`,
  "not-json": ({ file }) => `${file} is not JSON`,
  "not-a-regular-file": ({ file }) => `${file} is not a regular file`,
  "file-not-as-expected": ({ faults, file }) => `${file} is not as expected: ${faults.map(faultText).join("; ")}`,
  "file-open-to-change": ({ file, mode }) =>
    `${file} can be changed by anyone (${mode}), and is not used: chmod 600 it`,
  "file-open-to-read": ({ file, mode }) => `${file} holds secrets and is open to others (${mode}): chmod 600 it`,
  "file-of-another-user": ({ file, uid }) =>
    `${file} belongs to another user (uid ${uid}), and is not used: chown it, or move it away`,
  "file-lent-by-user": ({ file, uid }) => `${file} belongs to another user (uid ${uid}), who can change it: chown it`,
  "no-basic-section": ({ file }) => `${file} has no section [basic]`,
  "basic-section-empty": ({ file }) => `[basic] of ${file} has neither ak and sk nor idp_id and id_token_file`,
  "basic-section-half": ({ file, missing, set }) => `[basic] of ${file} has ${set}, but not ${missing}`,
  "not-a-regions-file": ({ file }) => `${file} is not a YAML of services, each a list of id and endpoint`,
  "authorities-unusable": ({ file, reason }, say) =>
    `the file of certificate authorities ${file} cannot be used: ${say(reason)}`,
  "no-such-file": () => "there is no such file",
  "file-not-open": () => "this user may not read it",
  "file-is-folder": () => "it is a folder",
  "certificate-in-der": ({ file }) =>
    `it is a certificate in DER; make it PEM: openssl x509 -inform der -in ${file} -out ${file}.pem`,
  "no-certificate-in-file": () => "it holds no PEM certificate"
}
