// openapi-typescript writes types with the compiler that is in JavaScript, which is not the one that checks them here.
const readPackage = (manifest) => {
  if (manifest.name === "openapi-typescript") {
    delete manifest.peerDependencies.typescript
    manifest.dependencies.typescript = "5.9.3"
  }
  return manifest
}

export const hooks = { readPackage }
