using System.Data.Common;

namespace TokenKit;

/// <summary>How one kind of database says what the store asks of it.</summary>
internal sealed record SqlTexts
{
    /// <summary>The name for messages.</summary>
    public required string Name { get; init; }

    /// <summary>The server's clock in microseconds from 1970.</summary>
    public required string Clock { get; init; }

    /// <summary>How many rows the statement before it concerned.</summary>
    public required string AffectedRows { get; init; }

    /// <summary>A name that may be a word of the language.</summary>
    public required Func<string, string> Quote { get; init; }

    /// <summary>Of a table: puts in a row with the parameters of a key, or does nothing where there is one.</summary>
    public required Func<string, string> InsertIfMissing { get; init; }

    /// <summary>Of a column and a parameter: whether they are the same text, capitals and blanks included.</summary>
    public required Func<string, string, string> IsSame { get; init; }

    /// <summary>Of a column and a parameter: whether the one begins with the other, capitals included.</summary>
    public required Func<string, string, string> StartsWith { get; init; }

    /// <summary>Of a parameter: what ends a statement that answers with so many rows at the most.</summary>
    public required Func<string, string> Limit { get; init; }

    /// <summary>Whether an index is named with the schema of its table.</summary>
    public bool IsIndexInSchema { get; init; }

    /// <summary>Of a table and the name of its index: makes both where they are missing.</summary>
    public required Func<string, string, string> CreateTable { get; init; }

    /// <summary>Of a table and a user: lets the user use it; <see langword="null"/> where there are no users.</summary>
    public required Func<string, string, string>? Grant { get; init; }

    /// <summary>What is said on every connection before it is used.</summary>
    public string? ConnectionSetup { get; init; }

    /// <summary>What is said once, where it can be.</summary>
    public string? DatabaseSetup { get; init; }

    /// <summary>The database's own number of an error.</summary>
    public required Func<DbException, int?> NumberOf { get; init; }

    /// <summary>What kind of trouble a number stands for; <see langword="null"/> for one that is not known.</summary>
    public required Func<int, DbException, StoreFailureKind?> KindOf { get; init; }
}
