using System.Buffers;

namespace TokenKit;

/// <summary>The SQL that makes the table and grants its use: for migrations that people or other tools run.</summary>
/// <remarks>
/// The program itself needs <c>USAGE</c> on the schema and <c>SELECT</c>, <c>INSERT</c> and <c>UPDATE</c> on the table. It
/// deletes no row: the numbers of a removed secret stay behind, so that none of them comes twice. The database must be
/// encoded in UTF-8.
/// </remarks>
public static class PostgreSqlSchema
{
    private const int MaxIdentifier = 63;

    /// <summary>What is left for the names of the indexes.</summary>
    private const int MaxTable = 50;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");

    private static readonly SearchValues<char> LettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

    /// <summary>
    /// One statement that makes the schema and the table where they are missing, and otherwise does nothing and needs no
    /// rights. Any number of processes may run it at once.
    /// </summary>
    /// <param name="options">The names; the defaults where <see langword="null"/>.</param>
    /// <returns>The statement.</returns>
    /// <exception cref="ArgumentException">A name is not one that <see cref="PostgreSqlStoreOptions"/> allows.</exception>
    public static string CreateScript(PostgreSqlStoreOptions? options = null)
    {
        var (schema, table) = NamesOf(options);

        // The lock is that of the transaction, which is this one statement: "IF NOT EXISTS" alone lets two processes both
        // find nothing, and the second fail on a unique index of the catalogue.
        return
            $"""
            DO $tokenkit$
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtextextended('tokenkit {schema}.{table}', 0));
              IF to_regnamespace('"{schema}"') IS NULL THEN
                CREATE SCHEMA "{schema}";
              END IF;
              IF to_regclass('"{schema}"."{table}"') IS NULL THEN
                CREATE TABLE "{schema}"."{table}" (
                  key_hash bytea PRIMARY KEY,
                  kind text COLLATE "C" NOT NULL,
                  environment text COLLATE "C" NOT NULL,
                  name text COLLATE "C" NOT NULL,
                  subject text COLLATE "C" NOT NULL,
                  payload bytea,
                  payload_epoch bigint NOT NULL DEFAULT 0,
                  payload_seq bigint NOT NULL DEFAULT 0,
                  generation bigint NOT NULL DEFAULT 0,
                  epoch bigint NOT NULL DEFAULT 0,
                  fence_epoch bigint NOT NULL DEFAULT 0,
                  written_epoch bigint NOT NULL DEFAULT 0,
                  written_seq bigint NOT NULL DEFAULT 0,
                  written_at timestamptz,
                  due_at timestamptz,
                  expires_at timestamptz,
                  lease_epoch bigint NOT NULL DEFAULT 0,
                  lease_owner uuid,
                  lease_until timestamptz,
                  lease_is_takeover boolean NOT NULL DEFAULT false,
                  status text NOT NULL DEFAULT 'Alive',
                  reason text,
                  fail_count integer NOT NULL DEFAULT 0,
                  not_before timestamptz,
                  dead_grant text,
                  state_tag text
                ) WITH (fillfactor = 70);
                CREATE INDEX "{table}_due" ON "{schema}"."{table}" ((coalesce(due_at, 'infinity')), key_hash) WHERE payload IS NOT NULL;
                COMMENT ON TABLE "{schema}"."{table}" IS 'TokenKit secrets, format 1. Values are encrypted by the programs that use them.';
              END IF;
            END
            $tokenkit$
            """;
    }

    /// <summary>The statements that let a role use the table and nothing else.</summary>
    /// <param name="role">The role of the program; any name.</param>
    /// <param name="options">The names; the defaults where <see langword="null"/>.</param>
    /// <returns>The statements.</returns>
    /// <exception cref="ArgumentException">
    /// A name is not one that <see cref="PostgreSqlStoreOptions"/> allows, or the role is empty or has a NUL in it.
    /// </exception>
    public static string GrantScript(string role, PostgreSqlStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        if (role.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A role's name has no NUL.", nameof(role));
        }

        var (schema, table) = NamesOf(options);
        var quoted = "\"" + role.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        return
            $"""
            GRANT USAGE ON SCHEMA "{schema}" TO {quoted};
            GRANT SELECT, INSERT, UPDATE ON "{schema}"."{table}" TO {quoted};
            """;
    }

    internal static (string Schema, string Table) NamesOf(PostgreSqlStoreOptions? options)
    {
        options ??= new PostgreSqlStoreOptions();
        if (FaultOf(options) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        return (options.Schema, options.Table);
    }

    /// <summary>Says which name cannot be used, or <see langword="null"/>. Names are the only part of a statement that is no parameter.</summary>
    internal static string? FaultOf(PostgreSqlStoreOptions options) =>
        !IsIdentifier(options.Schema, MaxIdentifier) ? Fault(nameof(options.Schema), MaxIdentifier)
        : !IsIdentifier(options.Table, MaxTable) ? Fault(nameof(options.Table), MaxTable)
        : null;

    private static bool IsIdentifier(string? name, int longest) =>
        name is { Length: > 0 } && name.Length <= longest
        && Letters.Contains(name[0])
        && !name.AsSpan().ContainsAnyExcept(LettersAndDigits);

    private static string Fault(string property, int longest) =>
        $"PostgreSqlStoreOptions.{property} must be 1 to {longest} letters of ASCII, digits and underscores, and not begin with a digit.";
}
