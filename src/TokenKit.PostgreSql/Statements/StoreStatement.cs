namespace TokenKit;

/// <summary>One statement.</summary>
/// <param name="Sql">With <c>$1</c> and so on for its parameters.</param>
/// <param name="What">What it does, for messages: "PostgreSQL could not …".</param>
/// <param name="IsRepeatable">Whether it may be sent again when nobody knows whether it was carried out.</param>
internal sealed record StoreStatement(string Sql, string What, bool IsRepeatable);
