// Who may import whom. A path is that of the file an import resolves to, so an alias or a re-export changes nothing.

const effect = "node_modules/effect/"
const ownSource = "^(packages|apps)/[^/]+/src/"

// The layers of the command line, from the lowest up: a folder imports those of lower layers.
const layers = [
  ["text", "values", "exit"],
  ["messages"],
  ["args"],
  ["failures"],
  ["monitoring", "terminal", "calls", "startup"],
  ["input", "output"],
  ["watching"],
  ["commands"],
  ["app"]
]

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Modules in a cycle are one module in several files: none can be read, tested or loaded alone.",
      severity: "error",
      from: {},
      to: { circular: true }
    },
    {
      name: "no-folder-cycles-in-the-proxy",
      comment: "A folder tells a part of the story: one that needs another that needs it back tells none by itself.",
      severity: "error",
      scope: "folder",
      from: { path: "^apps/proxy/src/" },
      to: { circular: true }
    },
    {
      name: "no-folder-cycles-in-the-client",
      comment: "A folder tells a part of the story: one that needs another that needs it back tells none by itself.",
      severity: "error",
      scope: "folder",
      from: { path: "^packages/client/src/" },
      to: { circular: true }
    },
    {
      name: "only-entry-points-in-the-client-source",
      comment:
        "The files of `src` itself are the package's entry points; each other file lies in the folder of its part.",
      severity: "error",
      from: { path: "^packages/client/" },
      to: { path: "^packages/client/src/[^/]+$", pathNot: "/((index|promise)(\\.node)?|jmespath)\\.ts$" }
    },
    {
      name: "no-folder-cycles-in-the-cli",
      comment: "A folder of the command line needs those below it alone; docs/architecture.md lists the layers.",
      severity: "error",
      scope: "folder",
      from: { path: "^apps/cli/src/" },
      to: { circular: true }
    },
    ...layers.slice(0, -1).map((folders, layer) => ({
      name: `nothing-above-${folders.join("-")}`,
      comment: "The layers of the command line, in docs/architecture.md: a folder imports nothing of a higher layer.",
      severity: "error",
      from: { path: `^apps/cli/src/(${folders.join("|")})/` },
      to: {
        path: `^apps/cli/src/(main\\.ts|(${layers
          .slice(layer + 1)
          .flat()
          .join("|")})/)`
      }
    })),
    {
      name: "commands-import-no-other-command",
      comment:
        "A command is one folder that can be read, changed or deleted alone. `cbr tree` is `cbr show` by another name.",
      severity: "error",
      from: { path: "^apps/cli/src/commands/([^/]+)/" },
      to: { path: "^apps/cli/src/commands/[^/]+/", pathNot: ["^apps/cli/src/commands/$1/", "/show/command\\.ts$"] }
    },
    {
      name: "domain-imports-only-effect",
      comment: "What a backup is holds in any runtime and without I/O, so the domain leans on nothing but `effect`.",
      severity: "error",
      from: { path: "^packages/domain/src/" },
      to: { pathNot: ["^packages/domain/src/", effect] }
    },
    {
      name: "client-imports-domain-and-effect",
      comment:
        "The client's core runs in a browser; what needs Node says so in its name (`*.node.ts`). `leven` is pure and small.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: "\\.node\\.ts$" },
      to: { pathNot: ["^packages/client/src/", "^packages/domain/", effect, "node_modules/leven/"] }
    },
    {
      name: "client-node-files-import-node-only",
      comment:
        "A `*.node.ts` file adds Node, Effect's platform and a reader of YAML to what the client may use, and no other package.",
      severity: "error",
      from: { path: "^packages/client/src/.*\\.node\\.ts$" },
      to: {
        dependencyTypesNot: ["core"],
        pathNot: [
          "^packages/client/src/",
          "^packages/domain/",
          effect,
          "node_modules/@effect/platform-node/",
          "node_modules/yaml/"
        ]
      }
    },
    {
      name: "client-core-imports-no-node-file",
      comment: "One import of a `*.node.ts` file from the portable core would carry Node into the browser with it.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: "\\.node\\.ts$" },
      to: { path: "\\.node\\.ts$" }
    },
    {
      name: "board-imports-domain-and-a-view-library",
      comment:
        "The page judges nothing by itself and is small enough for a telephone: the domain, a view library, a parser of events.",
      severity: "error",
      from: { path: "^packages/board/src/" },
      to: {
        pathNot: [
          "^packages/board/src/",
          "^packages/domain/",
          effect,
          "node_modules/(preact|@preact/signals|eventsource-parser)/"
        ]
      }
    },
    {
      name: "board-contract-needs-no-browser",
      comment: "The gateway imports what it and the page agree on, and runs in no browser.",
      severity: "error",
      from: { path: "^packages/board/src/contract/" },
      to: { pathNot: ["^packages/board/src/contract/", "^packages/domain/", effect] }
    },
    {
      name: "packages-import-no-app",
      comment: "Apps adapt the packages to a terminal or a socket; nothing in a package depends on either.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" }
    },
    {
      name: "apps-import-no-other-app",
      comment: "What both apps need belongs in a package, where both find it.",
      severity: "error",
      from: { path: "^apps/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^apps/$1/" }
    },
    {
      name: "simulator-stays-out-of-production",
      comment:
        "A stand-in for the cloud is for tests, examples, benchmarks and the one command that offers it to newcomers.",
      severity: "error",
      from: {
        pathNot: [
          "^packages/simulator/",
          "^(bench|examples)/",
          "^bench/",
          "^(packages|apps)/[^/]+/test/",
          "^apps/cli/src/commands/simulate/command\\.ts$"
        ]
      },
      to: { path: "^packages/simulator/" }
    },
    {
      name: "tests-stay-out-of-production",
      comment: "What a package shares of its tests is for other tests.",
      severity: "error",
      from: { pathNot: "^(packages|apps)/[^/]+/test/" },
      to: { path: "^(packages|apps)/[^/]+/test/" }
    },
    {
      name: "packages-are-entered-by-name",
      comment: "A relative path into another package goes round its `exports`, the list of what it promises to keep.",
      severity: "error",
      from: { path: "^(packages/[^/]+|apps/[^/]+|examples)/" },
      to: { dependencyTypes: ["local"], path: "^(packages|apps|examples)/", pathNot: "^$1/" }
    },
    {
      name: "settings-alone-read-the-environment",
      comment:
        "With one reader per app, its settings have one list, one order of precedence and one place to be redacted.",
      severity: "error",
      from: {
        path: "^apps/[^/]+/src/",
        pathNot:
          "^apps/((proxy/src/(configuration/EnvironmentOverride|app/CommandLineOptions)|cli/src/args/(Environment|Flags)))\\.ts$"
      },
      to: { path: `${effect}[^/]+/(Config|ConfigProvider)\\.[jt]s$` }
    },
    {
      name: "effect-is-imported-by-module",
      comment: "Deep imports load faster unbundled, and show the rules above which part of `effect` is meant.",
      severity: "error",
      from: { path: ownSource },
      to: { path: `${effect}[^/]+/index\\.[jt]s$` }
    },
    {
      name: "imports-resolve",
      comment: "A rule about where an import leads says nothing about one that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true }
    }
  ],
  options: {
    // TypeScript 7 has no API for parsing, so swc reads the files; type-only imports are among what it sees.
    parser: "swc",
    // Its walk over swc's tree stops at `await using`, so the files that show it are left out.
    exclude: {
      path: ["^(packages|apps)/[^/]+/dist/", "^examples/promise/", "^packages/client/test/promise\\.test\\.ts$"]
    },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      extensions: [".ts", ".js"]
    }
  }
}
