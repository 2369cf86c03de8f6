using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>Which kind of database keeps the secrets.</summary>
public sealed class RelationalDialect
{
    private RelationalDialect(SqlTexts texts) => Texts = texts;

    /// <summary>
    /// SQLite, for several processes of one machine. The database is put into WAL mode at first use; a file on a network drive will not do.
    /// </summary>
    public static RelationalDialect Sqlite { get; } = new(SqliteTexts.Create());

    /// <summary>MySQL 8 and MariaDB 10.6, with InnoDB, and whatever speaks as they do.</summary>
    public static RelationalDialect MySql { get; } = new(MySqlTexts.Create());

    /// <summary>
    /// SQL Server 2016 and later. Experimental: its statements have been parsed, and have never run against a server.
    /// </summary>
    [Experimental("TOKENKIT001")]
    public static RelationalDialect SqlServer { get; } = new(SqlServerTexts.Create());

    /// <summary>The name for messages.</summary>
    public string Name => Texts.Name;

    internal SqlTexts Texts { get; }

    /// <summary>Returns the name.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => Name;
}
