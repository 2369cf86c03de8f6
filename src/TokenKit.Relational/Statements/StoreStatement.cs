namespace TokenKit;

/// <summary>A step of the store: one command, what it does in words, and whether doing it twice is harmless.</summary>
internal sealed record StoreStatement(string Sql, string What, bool IsRepeatable);
