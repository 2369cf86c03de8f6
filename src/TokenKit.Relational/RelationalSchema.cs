using System.Buffers;

namespace TokenKit;

/// <summary>The SQL that makes the table and grants its use: for migrations that people or other tools run.</summary>
/// <remarks>
/// The program itself needs <c>SELECT</c>, <c>INSERT</c> and <c>UPDATE</c> on the table. It deletes no row: the numbers of a removed secret
/// stay behind, so that none of them comes twice.
/// </remarks>
public static class RelationalSchema
{
    /// <summary>What is left for the name of the index.</summary>
    private const int MaxName = 50;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");

    private static readonly SearchValues<char> LettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

    /// <summary>Makes the table where it is missing, and otherwise does nothing.</summary>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="options">The name; the default where <see langword="null"/>.</param>
    /// <returns>The statements.</returns>
    /// <exception cref="ArgumentException">The name is not one that <see cref="RelationalStoreOptions"/> allows.</exception>
    public static string CreateScript(RelationalDialect dialect, RelationalStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        var name = NameOf(options);
        var (prefix, table) = Parts(name);

        var texts = dialect.Texts;
        var index = texts.Quote(table + "_due");
        return texts.CreateTable(QuotedName(texts, name), prefix is not null && texts.IsIndexInSchema ? $"{texts.Quote(prefix)}.{index}" : index);
    }

    /// <summary>Lets a user use the table and nothing else.</summary>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="user">The user of the program; in MySQL <c>user</c> or <c>user@host</c>.</param>
    /// <param name="options">The name of the table; the default where <see langword="null"/>.</param>
    /// <returns>The statement; empty for SQLite, where the rights are those of the file.</returns>
    /// <exception cref="ArgumentException">
    /// The table's name is not one that <see cref="RelationalStoreOptions"/> allows, or the user's cannot be written.
    /// </exception>
    public static string GrantScript(RelationalDialect dialect, string user, RelationalStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        ArgumentException.ThrowIfNullOrWhiteSpace(user);
        var table = QuotedName(dialect.Texts, NameOf(options));
        return dialect.Texts.Grant?.Invoke(table, user) ?? "";
    }

    internal static string NameOf(RelationalStoreOptions? options)
    {
        options ??= new RelationalStoreOptions();
        return FaultOf(options) is { } fault ? throw new ArgumentException(fault, nameof(options)) : options.Table;
    }

    internal static string QuotedName(SqlTexts texts, string name) =>
        Parts(name) is ({ } prefix, var table) ? $"{texts.Quote(prefix)}.{texts.Quote(table)}" : texts.Quote(name);

    /// <summary>Says that the name cannot be used, or <see langword="null"/>. It is the only part of a statement that is no parameter.</summary>
    internal static string? FaultOf(RelationalStoreOptions options) =>
        options.Table is { } name && Parts(name) is var (prefix, table) && IsIdentifier(table) && (prefix is null || IsIdentifier(prefix))
            ? null
            : $"RelationalStoreOptions.Table must be 1 to {MaxName} letters of ASCII, digits and underscores, and not begin with a digit; the like and a dot may stand before it.";

    private static (string? Prefix, string Table) Parts(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? (name[..dot], name[(dot + 1)..]) : (null, name);

    private static bool IsIdentifier(string name) =>
        name.Length is > 0 and <= MaxName && Letters.Contains(name[0]) && !name.AsSpan().ContainsAnyExcept(LettersAndDigits);
}
