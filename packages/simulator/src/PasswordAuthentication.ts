import * as Schema from "effect/Schema"

const Name = Schema.Struct({ id: Schema.optionalKey(Schema.String), name: Schema.optionalKey(Schema.String) })

/** The body of `POST /v3/auth/tokens`: a user's password, and the scope of the token. */
export const PasswordAuthentication = Schema.Struct({
  auth: Schema.Struct({
    identity: Schema.Struct({
      methods: Schema.Tuple([Schema.Literal("password")]),
      password: Schema.Struct({
        user: Schema.Struct({
          ...Name.fields,
          password: Schema.RedactedFromValue(Schema.String, { label: "password" }),
          domain: Schema.optionalKey(Name)
        })
      })
    }),
    scope: Schema.optionalKey(
      Schema.Struct({
        project: Schema.optionalKey(Schema.Struct({ ...Name.fields, domain: Schema.optionalKey(Name) })),
        domain: Schema.optionalKey(Name)
      })
    )
  })
})

export type PasswordAuthentication = typeof PasswordAuthentication.Type
